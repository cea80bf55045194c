return {
    name = "llama-2-7b",
    layers = {
        { role = "attn_q", m = 4096, k = 4096 },
        { role = "attn_k", m = 4096, k = 4096 },
        { role = "attn_v", m = 4096, k = 4096 },
        { role = "attn_output", m = 4096, k = 4096 },
        { role = "ffn_gate", m = 11008, k = 4096 },
        { role = "ffn_up", m = 11008, k = 4096 },
        { role = "ffn_down", m = 4096, k = 11008 },
    },
}
