return {
    name = "trilm-3.9b",
    layers = {
        { role = "attn_q", m = 3072, k = 3072 },
        { role = "attn_k", m = 768, k = 3072 },
        { role = "attn_v", m = 768, k = 3072 },
        { role = "attn_output", m = 3072, k = 3072 },
        { role = "ffn_gate", m = 9216, k = 3072 },
        { role = "ffn_up", m = 9216, k = 3072 },
        { role = "ffn_down", m = 3072, k = 9216 },
    },
}
