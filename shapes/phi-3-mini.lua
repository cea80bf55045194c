return {
    name = "phi-3-mini",
    layers = {
        { role = "attn_qkv", m = 9216, k = 3072 },
        { role = "attn_output", m = 3072, k = 3072 },
        { role = "ffn_gate_up", m = 16384, k = 3072 },
        { role = "ffn_down", m = 3072, k = 8192 },
    },
}
