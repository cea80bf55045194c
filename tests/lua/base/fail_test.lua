-- Messages for people, whatever a file brought into them.
local check = require("check")
local fail = require("base.fail")

check.case("fail: a message is one line that controls no terminal", function()
    check.equal(fail.one_line("a\nb\27[2J\127"), "a?b?[2J?")
    check.equal(fail.one_line("n\xc3\xa4 \xc2\x9b1m"), "n\xc3\xa4 ?1m")
    check.equal(fail.one_line("\xff\xc3\xa4"), "???")
    check.equal(#fail.one_line(("x"):rep(10000)), 4096)
    check.equal(utf8.len(fail.one_line(("x"):rep(4095) .. "\xc3\xa4")) ~= nil, true)
end)
