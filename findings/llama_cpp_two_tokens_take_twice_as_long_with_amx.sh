#!/bin/sh
# Where a CPU has AMX, a batch of two tokens takes twice as long as one token in llama.cpp.
#
# Guess: one token is as fast as weights come from memory, and two share them: a batch of two takes
# a little longer than one token, which is what makes drafts worth their while.
#
# Seen: @node-llama-cpp/linux-x64 3.22.1 (llama.cpp v0.5.0, ggml 0.25.1), Emerald Rapids, 30
# November 2026, 2 threads, Q4_0, 2.25 G weights, medians: one token 58 ms, two at once 133 ms. One
# token runs on AMX's code for vectors, two on its tiles. By the AVX2 variant of the same package,
# alone in its folder, two take 1.4 times as long as one.
#
# llama.cpp runs alone here; runtime/llama/tools has the program that asks it, and the one that
# writes a model of random weights. Needs AMX, npm, a C compiler and 2 GB in the temporary folder.
set -eu

grep -qw amx_int8 /proc/cpuinfo || {
    echo "this CPU has no AMX" >&2
    exit 1
}

tools=$(cd "$(dirname "$0")/../runtime/llama/tools" && pwd)
# shellcheck source=runtime/llama/tools/host.sh
. "$tools/host.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
host=$(install_host "$work" @node-llama-cpp/linux-x64@3.22.1)
"${CC:-cc}" -std=c11 -O2 "$tools/driver.c" -o "$work/driver" -ldl -lm
"${CC:-cc}" -std=c11 -O2 "$tools/synthetic.c" -o "$work/synthetic"
"$work/synthetic" Q4_0 2b "$work/model.gguf"

# Seven rounds of both, so that what else the machine does meets both.
rounds=$(for _ in 1 2 3 4 5 6 7; do printf 'decode 4\nprefill 2\n'; done)
milliseconds=$(echo "$rounds" |
    env -u GGML_BACKEND_PATH "$work/driver" "$host" speed "$work/model.gguf" 2 32 2>/dev/null |
    awk '/^decode/ { print "one", 1000 / $2 } /^prefill/ { print "two", 2000 / $2 }')
median() {
    echo "$milliseconds" | awk -v which="$1" '$1 == which { print int($2) }' | sort -n | sed -n 4p
}
one=$(median one)
two=$(median two)
echo "one token $one ms, two at once $two ms"
[ $((10 * two)) -ge $((16 * one)) ] || {
    echo "changed: two tokens take less than 1.6 times as long as one" >&2
    exit 1
}
