return {
    name = "llama-2-13b",
    layers = {
        { role = "attn_q", m = 5120, k = 5120 },
        { role = "attn_k", m = 5120, k = 5120 },
        { role = "attn_v", m = 5120, k = 5120 },
        { role = "attn_output", m = 5120, k = 5120 },
        { role = "ffn_gate", m = 13824, k = 5120 },
        { role = "ffn_up", m = 13824, k = 5120 },
        { role = "ffn_down", m = 5120, k = 13824 },
    },
}
