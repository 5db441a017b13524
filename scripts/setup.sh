#!/bin/sh
# Creates .venv and installs pinned requirements into it; does nothing when it is up to date.
# Usage: scripts/setup.sh requirements.txt [requirements-dev.txt ...]     PYTHON=/path chooses the interpreter
set -eu
cd "$(dirname "$0")/.."

fail() { echo "setup: $*" >&2; exit 1; }

# Someone else's leftovers cannot be repaired, only named. (Root may use anybody's.)
for folder in .venv .millrace; do
    if [ -e "$folder" ] && [ ! -w "$folder" ]; then
        fail "$folder belongs to $(ls -ld "$folder" | awk '{print $3}'): use a clone of your own, or that user"
    fi
done

recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3 python; do
        if recent_enough "$candidate"; then echo "$candidate"; return; fi
    done
    fail "Python 3.11 or later is needed and none was found; install it, or name it with PYTHON=/path/to/python3"
}

make_venv() {
    python=$(find_python)
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$python lacks the venv module; on Debian and Ubuntu: apt-get install python3-venv"
    echo "setup: creating .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
}

# uv is fast; pip is there when uv cannot be had or fails. Neither leaves a cache outside this folder.
install() {
    export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_LINK_MODE=copy UV_SYSTEM_CERTS=true UV_COMPILE_BYTECODE=1
    echo "setup: installing $*"
    arguments=""
    for file in "$@"; do arguments="$arguments -r $file"; done
    # shellcheck disable=SC2086 -- the arguments are words on purpose
    if .venv/bin/python -m uv --version >/dev/null 2>&1 || .venv/bin/python -m pip install -q uv; then
        if .venv/bin/python -m uv pip install -q --python .venv/bin/python $arguments; then return; fi
        echo "setup: uv did not manage; trying pip"
    fi
    # shellcheck disable=SC2086
    .venv/bin/python -m pip install -q $arguments || fail "the requirements could not be installed; see above"
}

recent_enough .venv/bin/python || make_venv

mkdir -p .venv/installed
for file in "$@"; do
    stamp=".venv/installed/$file"
    if ! cmp -s "$file" "$stamp"; then
        install "$file"
        cp "$file" "$stamp"
    fi
done

# A dozen processes start at once: none of them should have to compile what the others compile too.
.venv/bin/python -m compileall -q -j 2 config jobs enrichment analysis execution monitoring sandbox
