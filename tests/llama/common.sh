# shellcheck shell=sh disable=SC2154 # a test sets `work`
# What the tests of the backend share. A test sets `work`, the folder where its files are, and
# `emulator`, the words that run a host of another CPU.
# shellcheck disable=SC2034 # the tests read it
newest=3.22.1     # the package with llama.cpp v0.5.0
newest_ggml=0.25.1
without_2d=3.18.0 # ggml 0.9.7: tables without functions of two dimensions
without_flag=3.15.0 # ggml 0.9.5: nor do nodes say whether they are computed
with_tables='Q1_0 Q2_0 TQ1_0 TQ2_0 Q4_0' # in mode table; others are multiplied in mode exact
types="$with_tables Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K Q6_K IQ4_NL IQ4_XS MXFP4 NVFP4"
positions=200 tokens=512
passed=0
failed=0
emulator=
here=$(cd "$(dirname "$0")" && pwd)
tools=$here/../../runtime/llama/tools
# shellcheck source=runtime/llama/tools/host.sh
. "$tools/host.sh"

# install_hosts CPU VERSION...: llama.cpp as packages. Where one cannot be had the test is skipped.
install_hosts() {
    cpu=$1 && shift
    for host in "$@"; do
        mkdir -p "$work/host-$host"
        install_host "$work/host-$host" "@node-llama-cpp/linux-$cpu@$host" >"$work/npm.txt" 2>&1 ||
            { echo "npm cannot install the host $host" && exit 77; }
    done
}

# use_host VERSION: the one that `logits` runs from now on.
use_host() {
    bin=$(dirname "$(find "$work/host-$1" -name libggml-base.so | head -n 1)")
}

# expect NAME COMMAND...: counts, and shows what a failing command printed.
expect() {
    name=$1 && shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf '%s: %s\n' "$name" "$output"
    fi
}

# logits OUT MODEL THREADS BATCH [VARIABLE=VALUE...]
logits() {
    out=$1 model=$2 threads=$3 batch=$4 && shift 4
    # shellcheck disable=SC2086 # words
    env "$@" $emulator "$work/driver" "$bin" logits "$work/$model.gguf" "$threads" "$batch" \
        >"$work/$out" 2>"$work/log.txt" || { cat "$work/log.txt" && return 1; }
}

# The bound on the squared error: activations of int8, after two layers of random weights. Random
# experts of random weights are chosen by a hair.
bound() {
    case $1 in
        moe-*) echo 0.05 ;;
        *) echo 0.003 ;;
    esac
}

# compare_with_stock MODEL: our logits are stock's, and our memory was used.
compare_with_stock() {
    logits "$1.stock" "$1" 1 "$positions"
    logits "$1.ours" "$1" 1 "$positions" LUTLOOM_MODE=exact "GGML_BACKEND_PATH=$ours"
    expect "$1: our memory is used" grep -q "matrices of ${1#*-}, .* run on loom_gemv" \
        "$work/log.txt"
    expect "$1" lua5.4 "$here/compare.lua" "$work/$1.stock" "$work/$1.ours" "$tokens" \
        "$(bound "$1")"
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
