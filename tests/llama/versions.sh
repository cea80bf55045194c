# shellcheck shell=sh disable=SC2154 # run, or another test, sets them
# Other versions of the host: older ones, whose layouts are others, and one that is not known.

# use_renamed VERSION: the newest host, which says that it is another version of the same length.
use_renamed() {
    use_host "$newest"
    mkdir -p "$work/$1"
    cp "$bin"/*.so "$work/$1"
    sed -i "s/$newest_ggml/$1/" "$work/$1/libggml-base.so"
    bin=$work/$1
}

# A version that nobody has seen is named, and the host goes on without us.
use_renamed 0.99.0
logits unknown.ours tiny-TQ2_0 1 "$positions" "GGML_BACKEND_PATH=$ours"
sed -n '/^lutloom: /p' "$work/log.txt" >"$work/said.txt"
printf 'lutloom: this host has ggml 0.99.0; ggml 0.9.4 to %s is needed, %s\n' "$newest_ggml" \
    'the host runs without it' >"$work/meant.txt"
expect 'an unknown version is named' cmp "$work/meant.txt" "$work/said.txt"
expect 'and stock runs' cmp "$work/unknown.ours" "$work/tiny-TQ2_0.stock"

# The number says nothing about the layout: some builds with that of 0.10.0 are called 0.9.11.
use_renamed 0.9.11
compare_with_stock tiny-TQ2_0

for host in "$without_2d" "$without_flag"; do
    use_host "$host"
    compare_with_stock tiny-TQ2_0
    compare_with_stock moe-Q4_0
done
