# shellcheck shell=sh
# A llama.cpp that comes as a package, for programs that source this file.

# install_host FOLDER PACKAGE: npm puts it there; where the libraries are is printed.
install_host() {
    npm install --prefix "$1" --silent --no-package-lock --ignore-scripts --no-audit --no-fund \
        "$2" >&2 || return 1
    dirname "$(find "$1" -name libggml-base.so | head -n 1)"
}
