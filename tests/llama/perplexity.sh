# shellcheck shell=sh disable=SC2154 # run, or another test, sets them
# Perplexities of a model with learned weights, on text that it has not seen: the weights and
# activations of random models have no outliers. The model is no part of the project: run's MODEL is
# a folder with tiny-kjv-f16.gguf and heldout.txt, or is missing. The host makes the types.
chunks=4 # of 256 tokens, of which half count

# llama.cpp's number of a file of the type. The host makes no file of NVFP4 by itself: of Q8_0, and
# ggml's number of the type for the matrices.
file_type() {
    case $1 in
        Q1_0) echo 40 ;;
        Q2_0) echo 41 ;;
        TQ1_0) echo 36 ;;
        TQ2_0) echo 37 ;;
        Q4_0) echo 2 ;;
        Q4_1) echo 3 ;;
        Q5_0) echo 8 ;;
        Q5_1) echo 9 ;;
        Q8_0) echo 7 ;;
        Q2_K) echo 10 ;;
        Q3_K) echo 12 ;;
        Q4_K) echo 14 ;;
        Q5_K) echo 16 ;;
        Q6_K) echo 18 ;;
        IQ4_NL) echo 25 ;;
        IQ4_XS) echo 30 ;;
        MXFP4) echo 38 ;;
        NVFP4) echo 7 40 ;;
    esac
}

# perplexity MODEL BATCH [VARIABLE=VALUE...]: the driver's output.
perplexity() {
    model=$1 batch=$2 && shift 2
    env "$@" "$work/driver" "$bin" perplexity "$work/$model.gguf" "$learned/heldout.txt" \
        "$chunks" 1 "$batch" 2>"$work/log.txt" || { cat "$work/log.txt" >&2; return 1; }
}

# is_near STOCK OURS PERCENT
is_near() {
    echo "stock $1, ours $2, allowed are $3 %"
    awk -v stock="$1" -v ours="$2" -v percent="$3" \
        'BEGIN { exit !((ours - stock) ^ 2 <= (stock * percent / 100) ^ 2) }'
}

# has_tables TYPE
has_tables() {
    case " $with_tables " in *" $1 "*) ;; *) return 1 ;; esac
}

# All tokens of a chunk at once, and one after the other: what serves many tokens and what one.
compare_perplexities() {
    model=learned-$1
    # shellcheck disable=SC2046 # one word or two
    "$work/driver" "$bin" quantize "$learned/tiny-kjv-f16.gguf" "$work/$model.gguf" \
        $(file_type "$1") 2>"$work/log.txt"
    for batch in 256 1; do
        stock=$(perplexity "$model" "$batch")
        for bound in exact:0.5 table:1; do
            mode=${bound%:*}
            [ "$mode" = exact ] || has_tables "$1" || continue
            got=$(perplexity "$model" "$batch" "LUTLOOM_MODE=$mode" "GGML_BACKEND_PATH=$ours")
            expect "$model: our memory is used" grep -q "matrices of $1, .* run on .*_${mode}_" \
                "$work/log.txt"
            expect "$model, $mode, batch $batch" is_near "$stock" "$got" "${bound#*:}"
        done
    done
}

if [ -e "$learned/tiny-kjv-f16.gguf" ]; then
    for type in $types; do
        compare_perplexities "$type"
    done
else
    echo "skipped: perplexities, as there is no model in $learned"
fi
