return {
    name = "bitnet-b1.58-3b",
    layers = {
        { role = "attn_q", m = 3200, k = 3200 },
        { role = "attn_k", m = 3200, k = 3200 },
        { role = "attn_v", m = 3200, k = 3200 },
        { role = "attn_output", m = 3200, k = 3200 },
        { role = "ffn_gate", m = 8640, k = 3200 },
        { role = "ffn_up", m = 8640, k = 3200 },
        { role = "ffn_down", m = 3200, k = 8640 },
    },
}
