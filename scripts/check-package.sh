#!/usr/bin/env bash
# Packs the package, installs the tarball in an empty folder and runs it there, also with newer lines of Node.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$root"
node scripts/build.mjs
tarball=$(npm pack --silent --pack-destination "$folder")
vitest=$(node -p 'require("./package.json").devDependencies.vitest')
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent "./$tarball"
npx rmsprop-conformance --version
npx rmsprop-conformance gate --profile smoke | head -n 1

# Nothing that was installed has a script of its own, and a command that needs ONNX Runtime says how to get it.
npm query ":attr(scripts, [postinstall]), :attr(scripts, [install]), :attr(scripts, [preinstall])" > scripts.json
node -e '
  const names = require("./scripts.json").filter(({ location }) => location !== "").map(({ name }) => name);
  if (names.length > 0) throw new Error(`install scripts of ${names.join(", ")} would run`);
'
status=0
npx rmsprop-conformance gate --onnx-built --profile smoke > output.txt 2>&1 || status=$?
if [ "$status" -ne 4 ] || ! grep "npm install --save-dev --ignore-scripts onnxruntime-node@" output.txt; then
  cat output.txt >&2
  exit 1
fi
node --input-type=module -e '
  import { RMSprop } from "rmsprop-conformance";
  import { CLAUSES } from "rmsprop-conformance/spec";
  const w = Float32Array.of(1);
  new RMSprop([w], { dialect: "textbook", lr: 0.1, alpha: 0.9, eps: 1e-8, evaluation: "unfused" }).step([Float32Array.of(2)]);
  if (w[0].toFixed(6) !== "0.683772") throw new Error(`the packed RMSprop computed ${w[0]}`);
  console.log(`${CLAUSES.length} clauses in the packed specification`);
'

# Inside test runners: the very files of docs/in-process.md.
npm install --no-audit --no-fund --silent --save-dev "vitest@$vitest"
node -e '
  const { readFileSync, writeFileSync } = require("node:fs");
  const page = readFileSync("node_modules/rmsprop-conformance/docs/in-process.md", "utf8");
  for (const [, name, text] of page.matchAll(/^```js.*\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)) writeFileSync(name, text);
'
npx vitest run
node --test --test-reporter=spec rmsprop.node-test.mjs > output.txt || { cat output.txt; exit 1; }
tail -n 9 output.txt
grep -F "claim: my-rmsprop 1.0.0: L2 certified accuracy; dialect pytorch; over core, state, deterministic; " output.txt

# The same with newer lines of Node; the packages of the npm package `node` hold its binaries.
for line in 22 24; do
  npm install --no-audit --no-fund --silent --no-save --prefix "$folder/node-$line" "node-$(node -p 'process.platform + "-" + process.arch')@$line"
  newer=$(echo "$folder/node-$line"/node_modules/node-*/bin/node)
  echo "Node $("$newer" --version):"
  "$newer" node_modules/rmsprop-conformance/dist/src/cli/main.js gate --profile smoke | head -n 1
  "$newer" node_modules/vitest/vitest.mjs run -t "RMS-(1|10)[.]" > output.txt || { cat output.txt; exit 1; }
done

# The same with epsilon inside the root must fail, and be told why.
node -e '
  const { readFileSync, writeFileSync } = require("node:fs");
  const right = readFileSync("rmsprop.mjs", "utf8");
  const wrong = right.replace("f(f(Math.sqrt(meanSquare)) + this.eps)", "f(Math.sqrt(f(meanSquare + this.eps)))");
  if (wrong === right) throw new Error("the example has no such denominator");
  writeFileSync("rmsprop.mjs", wrong);
'
must_be_told() {
  if "$@" > output.txt 2>&1; then
    echo "an RMSprop with epsilon inside the root passes: $*" >&2
    exit 1
  fi
  if ! grep "This is another dialect: epsilon is inside instead of outside" output.txt; then
    cat output.txt >&2
    exit 1
  fi
}
must_be_told npx vitest run -t "RMS-1.2"
must_be_told node --test --test-name-pattern "RMS-1.2" rmsprop.node-test.mjs
