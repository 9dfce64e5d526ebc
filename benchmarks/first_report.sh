#!/bin/sh
# How long is it from a clone to reading the demo report? Clones this checkout into a folder of its own, lets it set its
# environment up, and makes the report, as somebody new would; says what each took, and how busy the machine was.
# usage: benchmarks/first_report.sh [cold]    cold: packages come from the registry, not from what pip has kept
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
unset VIRTUAL_ENV CONDA_PREFIX CONDA_DEFAULT_ENV PYTHONPATH 2>/dev/null || true
[ "${1:-}" = cold ] && export PIP_NO_CACHE_DIR=1

now() { date +%s; }
load() { uptime | sed 's/.*average: *\([0-9.]*\).*/\1/'; }

begun=$(now) busy=$(load)
git clone --quiet "$here" "$place/lab"
cd "$place/lab"
cloned=$(now)
make environment >"$place/log" 2>&1 || { tail -20 "$place/log"; exit 1; }
ready=$(now)
make report >"$place/log" 2>&1 || { tail -20 "$place/log"; exit 1; }
done=$(now)
test -s reports/demo/index.html
echo "clone $((cloned - begun)) s, environment $((ready - cloned)) s, report $((done - ready)) s: $((done - begun)) s in all" \
    "($(nproc) cores; load $busy before, $(load) after)"
