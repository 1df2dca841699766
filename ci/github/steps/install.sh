#!/usr/bin/env bash
# Installs the suite into a folder of its own. The package.json of who calls is neither read nor written.
set -euo pipefail

if [[ ! $GATE_VERSION =~ ^(file:.+|[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?)$ ]]; then
  # A range would judge differently on another day, and a cache would hide for how long.
  echo "::error title=RMSprop conformance::The input version must be one exact version, as in 0.1.0, or file:/path/of/a/package.tgz"
  exit 2
fi

folder=$RUNNER_TEMP/rmsprop-conformance
rm -rf "$folder"
mkdir -p "$folder"
echo '{"private": true}' > "$folder/package.json"
npm install --prefix "$folder" --no-audit --no-fund --loglevel error --ignore-scripts \
  -- "rmsprop-conformance@$GATE_VERSION"
