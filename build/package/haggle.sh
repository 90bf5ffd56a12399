#!/bin/sh
# Haggle's command line, on the Node that came with it. Works through a symlink on PATH.
resources="$(dirname -- "$(readlink -f -- "$0")")/resources"
export HAGGLE_NODE="$resources/node/node"
export HAGGLE_OUT="$resources/app.asar.unpacked/out"
exec "$HAGGLE_NODE" "$HAGGLE_OUT/cli/haggle.js" "$@"
