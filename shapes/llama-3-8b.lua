return {
    name = "llama-3-8b",
    layers = {
        { role = "attn_q", m = 4096, k = 4096 },
        { role = "attn_k", m = 1024, k = 4096 },
        { role = "attn_v", m = 1024, k = 4096 },
        { role = "attn_output", m = 4096, k = 4096 },
        { role = "ffn_gate", m = 14336, k = 4096 },
        { role = "ffn_up", m = 14336, k = 4096 },
        { role = "ffn_down", m = 4096, k = 14336 },
    },
}
