// Runs the exported training graphs on every provider, level and thread count, trains the airfoil graph from twenty starts,
// and writes docs/onnx-figures.md and .json: `node scripts/onnx-figures.mjs --airfoil airfoil_self_noise.dat`. Run
// `node scripts/build.mjs` first.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { trainAirfoil } from "./figures/airfoil-training.mjs";
import { onnxPage } from "./figures/onnx-page.mjs";

const SEEDS = 20;

const { values: options } = parseArgs({ options: { airfoil: { type: "string" } } });
if (options.airfoil === undefined) {
  console.error("give --airfoil airfoil_self_noise.dat (UCI Machine Learning Repository, data set 291)");
  process.exit(2);
}
const main = fileURLToPath(new URL("../dist/src/cli/main.js", import.meta.url));

/** Every level and thread count on the CPU, the default ones on a GPU. */
const runs = [
  ["--provider", "cpu", "--optimization", "each", "--threads", "1", "2"],
  ["--provider", "webgpu"],
  ["--provider", "cuda"],
].map((flags) => {
  console.error(`onnx ${flags.join(" ")}`);
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, "onnx", "--json", ...flags], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (stdout === "") throw new Error(`onnx ended with ${status}: ${stderr}`);
  return { flags, report: JSON.parse(stdout) };
});
console.error(`airfoil, ${SEEDS} starts`);
const losses = await trainAirfoil(options.airfoil, SEEDS);
const machine = `${cpus()[0].model.trim()}, Node ${process.versions.node}`;
const figures = { providers: runs.map(providerFigures), airfoil: losses };
writeFileSync(new URL("../docs/onnx-figures.json", import.meta.url), `${JSON.stringify(figures, null, 1)}\n`);
writeFileSync(new URL("../docs/onnx-figures.md", import.meta.url), onnxPage({ runs, losses, machine }));

function providerFigures({ flags, report }) {
  const sum = (count) => report.runs.reduce((all, run) => all + count(run), 0);
  return {
    provider: flags[1],
    graphs: new Set(report.runs.map(({ graph }) => graph)).size,
    runs: report.runs.length,
    judged: sum(({ tally }) => tally.judged),
    bitExact: sum(({ tally }) => tally.bitExact),
    rejected: sum(({ tally }) => tally.rejected),
    conforms: report.conforms,
  };
}
