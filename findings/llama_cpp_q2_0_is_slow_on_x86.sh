#!/bin/sh
# Of llama.cpp's two types with codes of 2 bits one is an order of magnitude slower on x86.
#
# Guess: Q2_0 (64 codes and a scale in 18 bytes) and TQ2_0 (256 codes and a scale in 66 bytes) have
# nearly the same bytes and the same products, so about the same speed.
#
# Seen: @node-llama-cpp/linux-x64 3.22.1 (llama.cpp v0.5.0, ggml 0.25.1), Zen 4, 28 November 2026,
# 2 threads, 2.25 G weights: a prompt of 16 tokens at 1.8 tokens/s with Q2_0, at 55 with TQ2_0.
# ggml has vector code of Q2_0 for other CPUs only; here it is a loop over single codes.
#
# llama.cpp runs alone here; runtime/llama/tools has the program that asks it, and the one that
# writes a model of random weights. Needs npm, a C compiler and 1 GB in the temporary folder.
set -eu

tools=$(cd "$(dirname "$0")/../runtime/llama/tools" && pwd)
# shellcheck source=runtime/llama/tools/host.sh
. "$tools/host.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
host=$(install_host "$work" @node-llama-cpp/linux-x64@3.22.1)
"${CC:-cc}" -std=c11 -O2 "$tools/driver.c" -o "$work/driver" -ldl -lm
"${CC:-cc}" -std=c11 -O2 "$tools/synthetic.c" -o "$work/synthetic"

# speed TYPE: tokens of a prompt in 100 seconds.
speed() {
    "$work/synthetic" "$1" 2b "$work/model.gguf"
    echo "prefill 16" |
        env -u GGML_BACKEND_PATH "$work/driver" "$host" speed "$work/model.gguf" 2 32 2>/dev/null |
        awk '/^prefill/ { print int(100 * $2) }'
}

slow=$(speed Q2_0)
fast=$(speed TQ2_0)
echo "tokens in 100 s: Q2_0 $slow, TQ2_0 $fast"
[ "$fast" -ge $((8 * slow)) ] || {
    echo "changed: TQ2_0 is less than 8 times as fast as Q2_0" >&2
    exit 1
}
