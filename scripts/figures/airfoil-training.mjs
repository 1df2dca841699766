// Trains the exported airfoil graph in ONNX Runtime from many starts. The data are NASA's airfoil self-noise table (UCI
// Machine Learning Repository, data set 291), which is not part of the package.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { GraphWorker } from "../../dist/src/onnx/runtime/iteration/graph-worker.js";
import { BUNDLED_ONNX } from "../../dist/src/package-info.js";
import { initialFeeds } from "../../dist/src/suite/onnx/iterate-trace.js";
import { OnnxSet } from "../../dist/src/suite/onnx/onnx-set.js";

const ROWS = 1503;
const SAMPLES = 1500;
const FEATURES = 5;
const BATCH = 10;
const EPOCHS = 2;
/** SHA-256 of the table as little-endian binary64, as scripts/golden/airfoil.py has it. */
const DIGEST = "11fab2c660f61031935f9995d27929df39a175d3551271b397c8aa254b19b6b6";

/**
 * Loss over all samples, in binary64, after two epochs from each of `seeds` initial weights and orders.
 * @returns {Promise<number[]>}
 */
export async function trainAirfoil(path, seeds, onSeed = () => {}) {
  const data = readAirfoil(path);
  const { trace, modelPath } = OnnxSet.open(BUNDLED_ONNX).open("airfoil.pytorch");
  const worker = new GraphWorker();
  const losses = [];
  try {
    for (let seed = 1; seed <= seeds; seed++) {
      const random = xoroshiro128plus(seed);
      const weight = Float32Array.from({ length: FEATURES }, () => 0.01 * normal(random));
      const order = Array.from({ length: EPOCHS }, () => shuffled(SAMPLES, random)).flat();
      const steps = Array.from({ length: order.length / BATCH }, (_, k) =>
        batchOf(data, order.slice(BATCH * k, BATCH * (k + 1))),
      );
      const initial = {
        ...initialFeeds(trace),
        "parameter.weight": { shape: [FEATURES, 1], values: weight },
        "parameter.bias": { shape: [1], values: new Float32Array(1) },
      };
      const settings = { provider: "cpu", optimization: "all", threads: 1 };
      const outputs = await worker.iterate({
        model: modelPath,
        settings,
        initial,
        steps,
        wanted: ["next.parameter.weight", "next.parameter.bias"],
      });
      const last = outputs.at(-1);
      losses.push(lossOf(data, last["next.parameter.weight"].values, last["next.parameter.bias"].values[0]));
      onSeed(seed);
    }
  } finally {
    worker.stop();
  }
  return losses;
}

/** Standardised columns, float32, of the first 1,500 rows. */
function readAirfoil(path) {
  const table = Float64Array.from(readFileSync(path, "utf8").trim().split(/\s+/), Number);
  const digest = createHash("sha256").update(Buffer.from(table.buffer)).digest("hex");
  if (digest !== DIGEST)
    throw new Error(`${path} is not the airfoil self-noise table of ${ROWS} rows and 6 columns`);
  const columns = Array.from({ length: FEATURES + 1 }, (_, c) =>
    Float64Array.from({ length: ROWS }, (_, r) => table[(FEATURES + 1) * r + c]),
  );
  return columns.map((column) => {
    const mean = column.reduce((sum, x) => sum + x, 0) / ROWS;
    const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / ROWS);
    return Float32Array.from(column.subarray(0, SAMPLES), (x) => (x - mean) / deviation);
  });
}

function batchOf(data, rows) {
  const input = Float32Array.from(
    rows.flatMap((row) => data.slice(0, FEATURES).map((column) => column[row])),
  );
  const target = Float32Array.from(rows, (row) => data[FEATURES][row]);
  return {
    "batch.input": { shape: [rows.length, FEATURES], values: input },
    "batch.target": { shape: [rows.length, 1], values: target },
  };
}

/** Half the mean squared error over all samples. */
function lossOf(data, weight, bias) {
  let sum = 0;
  for (let row = 0; row < SAMPLES; row++) {
    const predicted = weight.reduce((all, w, c) => all + w * data[c][row], bias);
    sum += (predicted - data[FEATURES][row]) ** 2 / 2;
  }
  return sum / SAMPLES;
}

/** Box and Muller's normal deviate. */
function normal(random) {
  // 1 − u is never zero.
  const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
  return radius * Math.cos(2 * Math.PI * uniformFloat64(random));
}

function shuffled(count, random) {
  const order = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = uniformInt(random, 0, k);
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}
