#!/usr/bin/env bash
# Install what the end-to-end tests of the workflows need into .tools of the checkout, once for each version, and
# print where: act, which runs workflows without GitHub, and stand-ins for the actions that only GitHub can fetch.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v0.2.87
sources=tests/act/shims
key=$(find "$sources" -type f | LC_ALL=C sort | xargs cat | cksum | cut -d ' ' -f 1)
act=$PWD/.tools/act-$version
shims=$PWD/.tools/act-shims-$key

install_act() {
  # without Docker: jobs run as processes of this machine
  GOBIN="$act.part" go install -tags WITHOUT_DOCKER "github.com/nektos/act@$version"
  rm -rf "$act"
  mv "$act.part" "$act"
}

bundle() { # ACTION: its main.mjs with all that it imports
  node node_modules/esbuild/bin/esbuild "$1/main.mjs" --bundle --platform=node --target=node20 --format=esm \
    --log-level=warning --outfile="../$1/index.mjs" \
    --banner:js='import { createRequire as requiring } from "node:module"; const require = requiring(import.meta.url);'
}

build_shims() {
  rm -rf "$shims.part"
  mkdir -p "$shims.part/source"
  cp -r "$sources/." "$shims.part/source"
  cd "$shims.part/source"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  local manifest action
  for manifest in "$OLDPWD/$sources"/*/action.yml; do
    action=$(basename "$(dirname "$manifest")")
    mkdir -p "../$action"
    cp "$manifest" "../$action/"
    if [ -f "$action/main.mjs" ]; then bundle "$action"; fi
  done
  cd "$OLDPWD"
  rm -rf "$shims.part/source" "$shims"
  mv "$shims.part" "$shims"
}

mkdir -p .tools
trap wait EXIT
[ -x "$act/act" ] || install_act >&2 &
[ -d "$shims" ] || build_shims >&2
wait $!
printf '%s\n' "$act/act" "$shims"
