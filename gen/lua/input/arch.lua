-- Architectures, by the names that targets and ISA levels have for them:
--   triple    of their compilers and of Debian's folder with their libraries
--   family    meson's name
--   package   Debian's cross compiler for them
--   emulator  of Debian's package qemu-user

local arch = {}

arch.by_name = {
    x86_64 = {
        triple = "x86_64-linux-gnu",
        family = "x86_64",
        package = "crossbuild-essential-amd64",
        emulator = "qemu-x86_64",
    },
    aarch64 = {
        triple = "aarch64-linux-gnu",
        family = "aarch64",
        package = "crossbuild-essential-arm64",
        emulator = "qemu-aarch64",
    },
    armv7 = {
        triple = "arm-linux-gnueabihf",
        family = "arm",
        package = "crossbuild-essential-armhf",
        emulator = "qemu-arm",
    },
}

-- The name for what `uname -m` says of a system whose `long` has so many bits: a 64-bit kernel
-- may run 32-bit programs alone. An ARMv6 has the portable level of armv7, from its own compiler.
function arch.of(machine, long_bits)
    if machine:find("^armv[678]") or machine == "aarch64" and long_bits == 32 then
        return "armv7"
    end
    return machine
end

return arch
