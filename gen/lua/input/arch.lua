-- Architectures, by the names that targets and ISA levels have for them:
--   triple    of their compilers and of Debian's folder with their libraries
--   family    meson's name
--   package   Debian's cross compiler for them
--   emulator  of Debian's package qemu-user
--   machine_flags  how the compiler's flags begin that make code for some of its CPUs alone
--   any_machine    the flags that take those back, where the compiler has them; -march alone does
--                  not take -mcpu back from clang

local arch = {}

arch.by_name = {
    x86_64 = {
        triple = "x86_64-linux-gnu",
        family = "x86_64",
        package = "crossbuild-essential-amd64",
        emulator = "qemu-x86_64",
        machine_flags = {
            "-march=", "-msse3", "-mssse3", "-msse4", "-mavx", "-mfma", "-mf16c", "-mbmi",
            "-mlzcnt", "-mabm", "-mpopcnt", "-mmovbe",
        },
        any_machine = {
            "-march=x86-64", "-mno-sse3", "-mno-bmi", "-mno-bmi2", "-mno-lzcnt", "-mno-popcnt",
            "-mno-movbe",
        },
    },
    aarch64 = {
        triple = "aarch64-linux-gnu",
        family = "aarch64",
        package = "crossbuild-essential-arm64",
        emulator = "qemu-aarch64",
        machine_flags = { "-march=", "-mcpu=" },
        any_machine = { "-mcpu=generic", "-march=armv8-a" },
    },
    armv7 = {
        triple = "arm-linux-gnueabihf",
        family = "arm",
        package = "crossbuild-essential-armhf",
        emulator = "qemu-arm",
        machine_flags = { "-march=", "-mcpu=", "-mfpu=" },
        any_machine = { "-mcpu=generic", "-march=armv7-a", "-mfpu=vfpv3-d16" },
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

local MACHINES = { amd64 = "x86_64", arm64 = "aarch64", arm = "armv7" }

-- The name for a compiler's triple, such as "aarch64-poky-linux" or "armv7a-linux-androideabi24";
-- nil for one that has no levels here.
function arch.of_triple(triple)
    local machine = triple:match("^[^-]*")
    return MACHINES[machine] or machine:find("^armv[678]") and "armv7"
        or arch.by_name[machine] and machine or nil
end

return arch
