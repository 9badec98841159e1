#!/usr/bin/env bash
# Put the pinned version of uPlot, which draws the dashboard's charts, beside the dashboard's own files; with --check,
# only tell whether what is there is that version.
set -euo pipefail
cd "$(dirname "$0")/.."

package=uplot@1.6.32
integrity=sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==
target=src/ratchetry/report/dashboard/assets/vendor

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

archive=$place/$(npm pack --silent --pack-destination "$place" "$package")
found=sha512-$(openssl dgst -sha512 -binary "$archive" | base64 --wrap 0)
if [ "$found" != "$integrity" ]; then
  echo "$package has the integrity $found, and $integrity was expected: nothing was written" >&2
  exit 1
fi
tar --extract --gzip --file "$archive" --directory "$place"

mkdir "$place/vendor"
cp "$place/package/dist/uPlot.iife.min.js" "$place/package/dist/uPlot.min.css" "$place/vendor/"
cp "$place/package/LICENSE" "$place/vendor/uPlot.LICENSE"
if [ "${1:-}" = --check ]; then
  diff --recursive "$place/vendor" "$target"
else
  rm -rf "$target"
  cp -r "$place/vendor" "$target"
fi
