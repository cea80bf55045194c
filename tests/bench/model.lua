-- A suite that is modelled in seconds.
return {
    name = "model",
    description = "a test",
    runs = {
        { name = "haswell", target = "haswell", n = { 1, 6 }, formats = { "w1g256" } },
    },
    figures = {
        { title = "weights a cycle", run = "haswell", key = "weights_per_cycle", pick = "largest",
            format = "w1g256", at_least = 1, items = { { n = 1 }, { n = 6 } } },
    },
}
