-- What a matrix does in its model, by the name of its tensor or module: the words that GGUF has and
-- presets use (shapes/), whatever the file calls it.
local as_name = require("input.model").as_name

local roles = {}

-- The words of other files' names; those of GGUF stand for themselves.
local ROLES = {
    q_proj = "attn_q", k_proj = "attn_k", v_proj = "attn_v", o_proj = "attn_output",
    qkv_proj = "attn_qkv",
    q_a_proj = "attn_q_a", q_b_proj = "attn_q_b",
    kv_a_proj_with_mqa = "attn_kv_a_mqa", kv_b_proj = "attn_kv_b",
    gate_proj = "ffn_gate", up_proj = "ffn_up", down_proj = "ffn_down",
    gate_up_proj = "ffn_gate_up",
    w1 = "ffn_gate", w2 = "ffn_down", w3 = "ffn_up",
    router = "ffn_gate_inp", gate = "ffn_gate_inp",
    lm_head = "output", embed_tokens = "token_embd",
}

-- The name's words between dots, without an ending that names a part of a matrix.
local function words_of(name)
    local words = {}
    for word in name:gmatch("[^.]+") do
        words[#words + 1] = word
    end
    if #words > 1 and words[#words] == "weight" then
        words[#words] = nil
    end
    return words
end

-- The role for a name such as "blk.3.attn_q" or "model.layers.3.mlp.experts.7.gate_proj"; then the
-- layer, and the expert, that the name has a number for, or nil.
function roles.of(name)
    local words = words_of(name)
    local last = words[#words] or ""
    local layer, expert, of_expert, shared
    for index, word in ipairs(words) do
        local number = math.tointeger(tonumber((words[index + 1] or ""):match("^%d+$")))
        if word == "blk" or word == "layers" or word == "h" then
            layer = layer or number
        elseif word == "experts" then
            of_expert, expert = true, number
        elseif word == "shared_expert" or word == "shared_experts" then
            shared = true
        end
    end
    local role = ROLES[last] or as_name(last, "matrix")
    local ending = ROLES[last] and (of_expert and "_exps" or shared and "_shexp") or ""
    return role .. ending, layer, expert
end

return roles
