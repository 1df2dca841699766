// Measures what driving an adapter costs and writes docs/adapter-figures.md: elements a second into the NumPy adapter in
// base64, in hex and as JSON numbers, programs a second, and what it takes to find the one case that kills the process.
// Needs python3 with NumPy.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ChildProcessAdapter } from "../dist/src/adapter/child/child-process-adapter.js";
import { encodeProgram } from "../dist/src/program/program-codec.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const NUMPY = join(root, "adapters", "python", "numpy_rmsprop.py");
const ELEMENTS = 2 ** 18;
const STEPS = 2;
const ROUNDS = 8;

const values = Float32Array.from({ length: ELEMENTS }, (_, k) => Math.sin(k + 1));
const tensor = (list) => ({ shape: [list.length], values: list });
const program = {
  format: "rmsprop-program/1",
  dialect: "pytorch",
  operations: [
    { op: "init", groups: [{ hyperparameters: {}, parameters: [tensor(values)] }] },
    ...Array.from({ length: STEPS }, () => [
      { op: "step", gradients: [tensor(values)] },
      { op: "observe", slots: ["parameter", "square_avg"] },
    ]).flat(),
  ],
};
// The parameter, a gradient a step, and two slots back for each step.
const MOVED = ELEMENTS * (1 + STEPS + 2 * STEPS);

/** What is exchanged in the NumPy adapter's text. */
const HEX = [
  ['"float32": {', '"encodings": ["hex"],\n    "float32": {'],
  ['if "shape" in wire and "data" in wire:', 'if "shape" in wire and "hex" in wire:'],
  [
    'np.frombuffer(base64.b64decode(wire["data"]), "<f4")',
    'np.frombuffer(bytes.fromhex(wire["hex"]), ">f4")',
  ],
  [
    '"data": base64.b64encode(array.astype("<f4").tobytes()).decode()',
    '"hex": array.astype(">f4").tobytes().hex()',
  ],
];
const NUMBERS = [
  ['np.frombuffer(base64.b64decode(wire["data"]), "<f4")', 'np.array(wire["data"], "f4")'],
  ['base64.b64encode(array.astype("<f4").tobytes()).decode()', "array.ravel().tolist()"],
];

const folder = mkdtempSync(join(tmpdir(), "rmsprop-figures-"));
try {
  const rates = await tensorRates();
  const small = await smallPrograms();
  const isolated = await isolation();
  const text = page(rates, small, isolated);
  writeFileSync(join(root, "docs", "adapter-figures.md"), text);
  console.log(text);
} finally {
  rmSync(folder, { recursive: true });
}

/** Elements a second by encoding, both directions and the steps themselves counted, in rounds that take turns. */
async function tensorRates() {
  const adapters = {
    base64: await suiteDriver(NUMPY),
    hex: await suiteDriver(variant("in_hex.py", HEX)),
    "JSON numbers": await numbersDriver(variant("in_numbers.py", NUMBERS)),
  };
  const seconds = Object.fromEntries(Object.keys(adapters).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, { run }] of Object.entries(adapters)) {
      const started = performance.now();
      await run();
      if (round > 0) seconds[name].push((performance.now() - started) / 1000); // the first one warms up
    }
  }
  for (const { stop } of Object.values(adapters)) await stop();
  return Object.fromEntries(Object.entries(seconds).map(([name, all]) => [name, MOVED / median(all)]));
}

/** The NumPy adapter with other encodings of tensors. */
function variant(name, replacements) {
  let source = readFileSync(NUMPY, "utf8");
  for (const [before, after] of replacements) {
    if (!source.includes(before)) throw new Error(`${NUMPY} no longer has: ${before}`);
    source = source.replace(before, after);
  }
  const path = join(folder, name);
  writeFileSync(path, source);
  return path;
}

async function suiteDriver(script) {
  const adapter = new ChildProcessAdapter({ command: ["python3", script] });
  await adapter.hello();
  const run = async () => {
    const [outcome] = await adapter.run([program]);
    if (outcome.status !== "ok")
      throw new Error(`${script} answered ${JSON.stringify(outcome).slice(0, 200)}`);
  };
  return { run, stop: () => adapter.stop() };
}

/** The same loop by hand for what the protocol does not allow. */
async function numbersDriver(script) {
  const child = spawn("python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const wire = encodeProgram(program);
  const run = async () => {
    const numbers = () => ({ shape: [ELEMENTS], data: Array.from(values) });
    const operations = wire.operations.map((operation) => {
      if (operation.op === "init")
        return { ...operation, groups: [{ hyperparameters: {}, parameters: [numbers()] }] };
      return operation.op === "step" ? { ...operation, gradients: [numbers()] } : operation;
    });
    const cases = [{ case: "1.0", program: { ...wire, operations } }];
    child.stdin.write(`${JSON.stringify({ message: "run", id: 1, cases })}\n`);
    const { value } = await lines.next();
    const [result] = JSON.parse(value).results;
    if (result.status !== "ok") throw new Error(`${script} answered ${value.slice(0, 200)}`);
    for (const { parameters } of result.observations)
      for (const { parameter, square_avg } of parameters)
        for (const { data } of [parameter, square_avg]) Float32Array.from(data);
  };
  return { run, stop: async () => child.stdin.end() };
}

/** Small programs a second: one at a time, and as many at once as the suite has under way. */
async function smallPrograms() {
  const adapter = new ChildProcessAdapter({ command: ["python3", NUMPY] });
  await adapter.hello();
  const small = smallProgram(1);
  const rate = async (count, lanes) => {
    const started = performance.now();
    let left = count;
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        while (left-- > 0) await adapter.run([small]);
      }),
    );
    return count / ((performance.now() - started) / 1000);
  };
  await rate(500, adapter.lanes);
  const result = {
    alone: await rate(2000, 1),
    together: await rate(10_000, adapter.lanes),
    lanes: adapter.lanes,
  };
  await adapter.stop();
  return result;
}

/** One case of 256 ends the process. */
async function isolation() {
  const faulty = join(root, "adapters", "faulty", "crashes-on-nan.mjs");
  const places = [0, 1, 100, 200, 255];
  const results = [];
  for (const place of places) {
    const adapter = new ChildProcessAdapter({ command: [process.execPath, faulty] });
    await adapter.hello();
    const programs = Array.from({ length: 256 }, (_, k) => smallProgram(k === place ? Number.NaN : 1));
    const started = performance.now();
    const outcomes = await adapter.run(programs);
    const seconds = (performance.now() - started) / 1000;
    const kept = outcomes.filter(({ status }) => status === "ok").length;
    const found = outcomes[place].verdict;
    if (kept !== 255 || found !== "crash") throw new Error(`place ${place}: ${kept} kept, ${found}`);
    results.push({ place, restarts: adapter.restarts, seconds });
    await adapter.stop();
  }
  return results;
}

function smallProgram(gradient) {
  const one = (value) => tensor(Float32Array.of(value));
  return {
    format: "rmsprop-program/1",
    dialect: "pytorch",
    operations: [
      { op: "init", groups: [{ hyperparameters: {}, parameters: [one(1)] }] },
      { op: "step", gradients: [one(gradient)] },
      { op: "observe", slots: ["parameter", "square_avg"] },
    ],
  };
}

function page(rates, { alone, together, lanes }, isolated) {
  const count = (x) => Math.round(x).toLocaleString("en-US");
  const base = rates["JSON numbers"];
  const processor = cpus()[0].model.trim();
  return `# What driving an adapter costs

Written by \`npm run figures\`, on ${processor}, Node ${process.version}. Do not edit.

## Elements a second into the NumPy adapter

Programs with ${count(ELEMENTS)} elements and ${STEPS} steps; every element that is sent or comes back is counted, and the
optimizer's own work is part of the time. Medians of ${ROUNDS} rounds in which the encodings take turns. JSON numbers are not
part of the protocol (they lose NaN, −0 and infinities): the same adapter with the encoding exchanged.

| encoding | elements/s | against JSON numbers |
|---|---:|---:|
${Object.entries(rates)
  .map(([name, rate]) => `| ${name} | ${count(rate)} | ${(rate / base).toFixed(1)} |`)
  .join("\n")}

## Small programs

One element, one step: ${count(alone)} programs/s one at a time, ${count(together)} with ${lanes} under way in one run.

## One case of 256 that kills the process

All 255 other cases keep their results.

| place of the case | restarts | seconds |
|---:|---:|---:|
${isolated.map(({ place, restarts, seconds }) => `| ${place} | ${restarts} | ${seconds.toFixed(2)} |`).join("\n")}
`;
}

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}
