-- What matrices do, by the names that files have for them.
local check = require("check")
local roles = require("source.roles")

check.case("roles: names of several programs come to the same words", function()
    for name, wanted in pairs({
        ["blk.3.attn_q"] = "attn_q 3",
        ["blk.12.ffn_gate_exps"] = "ffn_gate_exps 12",
        ["output"] = "output",
        ["token_embd"] = "token_embd",
        ["model.layers.31.self_attn.q_proj"] = "attn_q 31",
        ["model.layers.0.self_attn.qkv_proj.weight"] = "attn_qkv 0",
        ["model.layers.2.mlp.gate_up_proj"] = "ffn_gate_up 2",
        ["model.layers.2.mlp.experts.7.gate_proj"] = "ffn_gate_exps 2 7",
        ["model.layers.2.mlp.experts.gate_up_proj"] = "ffn_gate_up_exps 2",
        ["model.layers.2.block_sparse_moe.experts.1.w2"] = "ffn_down_exps 2 1",
        ["model.layers.2.mlp.shared_experts.up_proj"] = "ffn_up_shexp 2",
        ["language_model.model.layers.4.linear_attn.in_proj_qkvz"] = "in_proj_qkvz 4",
        ["transformer.h.5.mlp.c_fc"] = "c_fc 5",
        ["lm_head"] = "output",
        ["a b/c"] = "a_b_c",
        ["..."] = "matrix",
        ["blk.x.attn_k"] = "attn_k",
        ["blk.1e3.attn_k"] = "attn_k",
        [""] = "matrix",
    }) do
        local words = {}
        for _, word in ipairs({ roles.of(name), select(2, roles.of(name)) or "",
            select(3, roles.of(name)) or "" }) do
            words[#words + 1] = word ~= "" and tostring(word) or nil
        end
        check.equal(table.concat(words, " "), wanted, name)
    end
    check.equal(#roles.of(("x"):rep(1000)), 64)
end)
