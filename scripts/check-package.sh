#!/usr/bin/env bash
# Packs the package, installs the tarball in an empty folder and runs it there.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$root"
tarball=$(npm pack --silent --pack-destination "$folder")
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent "./$tarball"
npx rmsprop-conformance --version
npx rmsprop-conformance gate --profile smoke | head -n 1
node --input-type=module -e '
  import { RMSprop } from "rmsprop-conformance";
  import { CLAUSES } from "rmsprop-conformance/spec";
  const w = Float32Array.of(1);
  new RMSprop([w], { dialect: "textbook", lr: 0.1, alpha: 0.9, eps: 1e-8, evaluation: "unfused" }).step([Float32Array.of(2)]);
  if (w[0].toFixed(6) !== "0.683772") throw new Error(`the packed RMSprop computed ${w[0]}`);
  console.log(`${CLAUSES.length} clauses in the packed specification`);
'
