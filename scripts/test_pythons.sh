#!/usr/bin/env bash
# Run the tests on other supported Pythons: those that are named, or all; say which ones cannot be found here.
# usage: test_pythons.sh [VERSION...]
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
  local candidate
  for candidate in "python$1" "$(pyenv root 2>/dev/null || true)"/versions/"$1".*/bin/python; do
    if "$candidate" -c 'import venv' >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
}

ran=0
if [ $# -eq 0 ]; then
  set -- 3.11 3.12 3.13 3.14
fi
for version in "$@"; do
  own=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if [ "$version" = "$own" ]; then
    continue
  fi
  python=$(find_python "$version")
  if [ -z "$python" ]; then
    printf 'Python %s: not tested, because it is not installed here\n' "$version"
    continue
  fi
  environment=".venv-$version"
  [ -x "$environment/bin/python" ] || "$python" -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
  printf '\n=== Python %s\n' "$version"
  # what starts programs and servers is tested once, by make test, and on every Python by selfcheck.yml
  "$environment/bin/python" -m pytest -q -n auto --dist loadfile -m "not e2e" tests/unit tests/pipeline
  ran=$((ran + 1))
done
printf '%d other Python version(s) tested\n' "$ran"
