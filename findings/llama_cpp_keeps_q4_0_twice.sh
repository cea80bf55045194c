#!/bin/sh
# llama.cpp keeps a model of Q4_0 twice: as it rearranged it, and as pages of the mapped file.
#
# Guess: once a matrix has been rearranged ("repacked") for the CPU, nobody reads the mapped file
# again, so the process has about as much memory as the file has bytes, as it has for types that are
# read in place.
#
# Seen: @node-llama-cpp/linux-x64 3.22.1 (llama.cpp v0.5.0, ggml 0.25.1), Zen 4, 28 November 2026,
# 2.25 G weights, one token. Q4_0: a file of 1206 MiB, resident 2356 MiB, 1.95 times as much. Q1_0,
# which is not rearranged: 302 and 334 MiB, 1.11 times.
#
# llama.cpp runs alone here; runtime/llama/tools has the program that asks it, and the one that
# writes a model of random weights. Needs npm, a C compiler and 2 GB in the temporary folder.
set -eu

tools=$(cd "$(dirname "$0")/../runtime/llama/tools" && pwd)
# shellcheck source=runtime/llama/tools/host.sh
. "$tools/host.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
host=$(install_host "$work" @node-llama-cpp/linux-x64@3.22.1)
"${CC:-cc}" -std=c11 -O2 "$tools/driver.c" -o "$work/driver" -ldl -lm
"${CC:-cc}" -std=c11 -O2 "$tools/synthetic.c" -o "$work/synthetic"

# percent TYPE: memory that the process has once a token was made, of the file's.
percent() {
    "$work/synthetic" "$1" 2b "$work/model.gguf"
    file=$(($(wc -c <"$work/model.gguf") >> 20))
    resident=$(env -u GGML_BACKEND_PATH "$work/driver" "$host" speed "$work/model.gguf" 1 32 \
        2>/dev/null </dev/null | sed 's/.*resident \([0-9]*\) MiB.*/\1/')
    echo "$1: file $file MiB, resident $resident MiB" >&2
    echo $((100 * resident / file))
}

rearranged=$(percent Q4_0)
in_place=$(percent Q1_0)
if [ "$rearranged" -lt 180 ] || [ "$in_place" -gt 125 ]; then
    echo "changed: Q4_0 has $rearranged %, Q1_0 $in_place % of the file" >&2
    exit 1
fi
