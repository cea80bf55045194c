return {
    name = "bitnet-b1.58-2b-4t",
    layers = {
        { role = "attn_q", m = 2560, k = 2560 },
        { role = "attn_k", m = 640, k = 2560 },
        { role = "attn_v", m = 640, k = 2560 },
        { role = "attn_output", m = 2560, k = 2560 },
        { role = "ffn_gate", m = 6912, k = 2560 },
        { role = "ffn_up", m = 6912, k = 2560 },
        { role = "ffn_down", m = 2560, k = 6912 },
    },
}
