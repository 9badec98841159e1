#!/usr/bin/env bash
# Install what the dashboard's tests look at it with, and print where: a Chromium of this machine (Debian's package,
# where there is none and root or sudo may install one), and the packages of the driver, once for each version.
set -euo pipefail
cd "$(dirname "$0")/.."

sources=tests/dashboard/driver
key=$(cat "$sources/package-lock.json" | cksum | cut -d ' ' -f 1)
place=$PWD/.tools/browser-$key

browser() {
  command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable
}

install_browser() {
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo --non-interactive)
  "${as_root[@]}" apt-get update --quiet --quiet
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends chromium
}

install_driver() { # DIRECTORY
  mkdir -p "$1"
  cp "$sources/package.json" "$sources/package-lock.json" "$1/"
  npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error
}

browser >/dev/null || install_browser >&2
if [ ! -d "$place" ]; then
  install_driver "$place.$$" >&2
  mv "$place.$$" "$place"
fi
browser
printf '%s\n' "$place/node_modules"
