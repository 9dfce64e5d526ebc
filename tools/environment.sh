#!/bin/sh
# Bring the environment up to a lock: makes .venv when there is none, installs what is missing, says what it does.
# Silent and quick when there is nothing to do: the stamp is a copy of the very files that it was installed from.
# usage: environment.sh ENVIRONMENT own|active LOCK
set -eu
environment=$1 whose=$2 lock=$3
stamp=$environment/.icp-lab
suitable='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'

if cmp -s "$lock" "$stamp/$lock" && cmp -s pyproject.toml "$stamp/pyproject.toml" \
    && [ "$(cat "$stamp/checkout")" = "$(pwd)" ] && "$environment/bin/python" -c "" 2>/dev/null; then
    exit 0
fi

if [ "$whose" = active ]; then
    if ! "$environment/bin/python" -c "$suitable"; then
        echo "The active environment $environment has no Python 3.11, 3.12 or 3.13." >&2
        echo "Deactivate it (the lab then makes its own), or activate one that has." >&2
        exit 1
    fi
elif ! "$environment/bin/python" -c "$suitable" 2>/dev/null; then
    found='' without_venv=''
    for name in python3 python python3.13 python3.12 python3.11; do
        "$name" -c "$suitable" 2>/dev/null || continue
        if "$name" -c 'import ensurepip, venv' 2>/dev/null; then found=$name; break; fi
        without_venv=$name
    done
    if [ -z "$found" ] && [ -n "$without_venv" ]; then
        echo "$without_venv is suitable but lacks the module venv (on Debian and Ubuntu: apt install python3-venv)." >&2
        exit 1
    elif [ -z "$found" ]; then
        echo "The lab needs Python 3.11, 3.12 or 3.13, and none of python3, python, python3.13, python3.12, python3.11 is one." >&2
        echo "Install one of them, or activate a virtual or conda environment that has it." >&2
        exit 1
    fi
    echo "Making the environment $environment with $("$found" --version)"
    "$found" -m venv --clear "$environment"
fi

"$environment/bin/python" tools/environment.py "$whose" "$lock"
mkdir -p "$stamp"
cp pyproject.toml "$lock" "$stamp/"
[ "$lock" = requirements-test.lock ] && cp requirements.lock "$stamp/"   # the larger lock holds the smaller one
pwd > "$stamp/checkout"
