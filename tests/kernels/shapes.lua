-- Small shapes with every kind of tail, for the test of all kernels.
return {
    name = "tails",
    layers = {
        { role = "even", m = 256, k = 512 },
        { role = "tails", m = 100, k = 360 },
        { role = "tiny", m = 3, k = 7 },
    },
}
