import { cpus } from "node:os";
import { DIALECTS } from "../../dist/spec/index.js";
import { encodeProgram } from "../../dist/src/program/program-codec.js";
import { ALL_STEP_REGIMES } from "../../dist/src/search/element-steps.js";
import { MOVES } from "./curve.mjs";
import { HIDDEN_STEPS } from "./hidden-state.mjs";
import { DELTA } from "./least-share.mjs";
import { SEED } from "./one-step.mjs";
import { STEP } from "./settings.mjs";

const SLOTS = ["square_avg", "grad_avg", "momentum_buffer", "parameter"];
export const QUANTITIES = [...SLOTS, "update"];

const whole = (x) => x.toLocaleString("en-US", { maximumFractionDigits: 0 });
/** Large numbers are orders of magnitude only. */
const short = (x) => (x < 1e5 ? whole(x) : x.toExponential(0).replace("e+", "e"));
const percent = (share) => (Number.isNaN(share) ? "–" : `${(100 * share).toFixed(2)} %`);
const table = (head, rows) =>
  [head, head.map((_, k) => (k === 0 ? "---" : "---:")), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
const folded = (title, text) => `<details>\n<summary>${title}</summary>\n\n${text}\n\n</details>`;

const sizes = (distribution) =>
  distribution.size === 0
    ? "–"
    : [distribution.quantile(0.5), distribution.quantile(0.99), distribution.worst].map(short).join(" / ");

const sizeTable = (kind, rows, cells) =>
  table(
    ["", ...QUANTITIES],
    rows.map((row) => [row, ...QUANTITIES.map((quantity) => sizes(cells.at(quantity, row)[kind]))]),
  );

const curveRow = (curve) => curve.shares.map(percent);
const MOVE_HEAD = MOVES.map((floats) => `±${floats}`);

/** Listed sets of one freedom, in all the cuts. */
function listedTables({ cells }) {
  const rows = ["all", ...ALL_STEP_REGIMES, ...DIALECTS.map(({ id }) => id)];
  return `Listed floats (median / 99th percentile / most):

${sizeTable("count", rows, cells)}

Floats from the lowest to the highest listed one (median / 99th percentile / most):

${sizeTable("span", rows, cells)}`;
}

function evidenceTable(evidence) {
  const cell = ({ judged, weak, indeterminate }) =>
    `${((100 * weak) / judged).toFixed(1)} / ${((100 * indeterminate) / judged).toFixed(1)}`;
  return table(
    ["", "all", ...ALL_STEP_REGIMES],
    [
      ["all", cell(evidence.at("all")), ...ALL_STEP_REGIMES.map((regime) => cell(evidence.at(regime)))],
      ...DIALECTS.map(({ id }) => [
        id,
        cell(evidence.at(id)),
        ...ALL_STEP_REGIMES.map((regime) => cell(evidence.at(id, regime))),
      ]),
    ],
  );
}

const listedCurves = ({ cells }) =>
  table(
    ["", ...MOVE_HEAD],
    QUANTITIES.flatMap((quantity) =>
      ["all", ...ALL_STEP_REGIMES].map((regime) => [
        regime === "all" ? `**${quantity}**` : `${quantity}, ${regime}`,
        ...curveRow(cells.at(quantity, regime).curve),
      ]),
    ),
  );

const hiddenCurveTable = ({ curves }) =>
  table(
    ["", ...MOVE_HEAD],
    SLOTS.flatMap((slot) => [
      [`**${slot}**, plain`, ...curveRow(curves.at(slot, "plain", "all"))],
      [`**${slot}**, all parts`, ...curveRow(curves.at(slot, "all parts", "all"))],
      ...ALL_STEP_REGIMES.map((regime) => [
        `${slot}, ${regime}`,
        ...curveRow(curves.at(slot, "both", regime)),
      ]),
    ]),
  );

/** One line for each operation. */
function programText({ operations, ...head }) {
  const lines = operations.map((operation) => `    ${JSON.stringify(operation)}`).join(",\n");
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "operations": [\n${lines}\n  ]\n}`;
}

function worstPrograms(worst) {
  return QUANTITIES.map((quantity) => {
    const { dialect, regime, count, span, set, program } = worst[quantity];
    const json = programText(encodeProgram(program));
    return folded(
      `${quantity}: ${count} floats listed, ${short(span)} from the lowest to the highest (${dialect.id}, ${regime})`,
      `Accepted: ${set.map((x) => (Object.is(x, -0) ? "−0" : String(x))).join(", ")}\n\n\`\`\`json\n${json}\n\`\`\``,
    );
  }).join("\n\n");
}

const share = (part, { judged }) => percent(part / judged);

function gateTable({ tally, multiStep, cases }) {
  const oneStep = Object.fromEntries(Object.keys(tally).map((name) => [name, tally[name] - multiStep[name]]));
  return `${whole(cases)} cases.

${table(
  ["", "judged", "weak", "indeterminate"],
  Object.entries({ "observed state": oneStep, "hidden state": multiStep, both: tally }).map(
    ([name, counts]) => [
      name,
      whole(counts.judged),
      share(counts.weak, counts),
      share(counts.indeterminate, counts),
    ],
  ),
)}`;
}

function comparison(wider) {
  const kinds = [
    "the listed floats",
    "their hull",
    "one interval for each order",
    "the hull of those",
    "(1 + u) for each operation",
  ];
  const of = (where) =>
    table(
      ["", "floats", ...MOVE_HEAD],
      SLOTS.flatMap((slot) =>
        kinds.map((kind) => {
          const { span, curve } = wider.at(kind, slot, where);
          return [`${slot}: ${kind}`, sizes(span), ...curveRow(curve)];
        }),
      ),
    );
  return `In all regimes:

${of("all")}

Where subnormals are:

${of("subnormal")}

Where a centered variance cancels:

${of("centered cancellation")}`;
}

function consistencyTable(consistent) {
  const mean = (sum, { elements }) => (sum / elements).toFixed(2);
  const texts = ({ id }) =>
    SLOTS.map((slot) => {
      const cell = consistent.at(id, slot);
      if (cell.elements === 0) return "–";
      return [cell.alone, cell.listed, cell.consistent].map((sum) => mean(sum, cell)).join(" → ");
    });
  return table(
    ["", ...SLOTS],
    DIALECTS.map((dialect) => [dialect.id, ...texts(dialect)]),
  );
}

function oneForAllTable(oneForAll, displayed) {
  return table(
    ["elements seen before", ...SLOTS],
    displayed.map((count) => [
      String(count),
      ...SLOTS.map((slot) => {
        const { elements, free, one, two } = oneForAll.at(slot, count);
        return [free, one, two].map((sum) => (sum / elements).toFixed(3)).join(" / ");
      }),
    ]),
  );
}

/** The page docs/sharpness.md. */
export function sharpnessPage(measured) {
  const { pinned, listed, hidden, wider, intermediates, kept, consistent, oneForAll, gate, displayed } =
    measured;
  return `# How sharp the acceptance sets are

Written by \`npm run figures\` (seed ${SEED}), on ${cpus()[0].model.trim()}, Node ${process.version}. Do not edit. \`node scripts/sharpness-figures.mjs --check\` measures a tenth of this and fails where sets have become wider.

A result is accepted if it is one of the floats that the declared choices of rounding can produce. The fewer such floats there are, the less an error can hide. This page counts them.

## What is measured

- Elements come from the ${ALL_STEP_REGIMES.length} regimes of \`src/search/element-steps.ts\`, in each of the ${DIALECTS.length} dialects of the catalogue, with its defaults and with every part that it has: centered, momentum, weight decay, decay of the learning rate, clipping. A buffer that collects what the learning rate has scaled is scaled too. The step is number ${STEP}.
- The true result is that of the evaluation \`fused\`, or of \`fused\` in binary64. The sets are the judge's own, with the true results as what was observed.
- The *update* is judged where the parameter is zero: the new parameter is then the update with its sign changed.
- A *span* counts the floats from the lowest to the highest accepted one, both included. One float has a span of 1. NaN counts as a listed value and has no span; infinities have one.
- Freedoms: *default* declares nothing. *Two ulps* adds roots and divisions within two ulps. *binary64* keeps intermediates until they are stored.

## How many floats are accepted

Under each of the ${measured.pinnedNames.length} named pinned evaluations (${measured.pinnedNames.join(", ")}), each of ${whole(pinned.judged)} sets has ${pinned.largest === 1 ? "exactly one value" : `up to ${pinned.largest} values`}.

### Default freedom

${listedTables(listed.default)}

${folded("Roots and divisions within two ulps", listedTables(listed["two ulps"]))}

${folded("binary64 intermediates", listedTables(listed.binary64))}

A span can be long although few floats are listed. A centered variance that cancels is one number if its product is fused and another one, or zero, if it is not. Sets that contain an infinity span the whole way to it.

### The largest sets

The programs under which the most floats are listed, under the default freedom. Each is a file for \`rmsprop-conformance replay\`.

${worstPrograms(listed.default.worst)}

## Weak and indeterminate observations

Shares of accepted observations, weak / indeterminate, in percent. Such observations are counted and pass no clause: the parameter is so large that the update hardly shows in it, or the set is wide relative to the change.

${evidenceTable(listed.default.evidence)}

In a gate run (profile ci) over the bundled implementation:

${gateTable(gate)}

## What is rejected

The true result is moved by some floats, up and down, and judged again. These are the shares that are rejected. Results that are not finite are not moved.

### Observed state

Default freedom:

${listedCurves(listed.default)}

${folded("Roots and divisions within two ulps", listedCurves(listed["two ulps"]))}

${folded("binary64 intermediates", listedCurves(listed.binary64))}

Intermediates wider than binary64 cannot be listed and are judged by intervals:

${table(
  ["", ...MOVE_HEAD],
  SLOTS.map((slot) => [slot, ...curveRow(intermediates.at(slot, "all").curve)]),
)}

A pinned set has one value, so every move is rejected.

### Hidden state

PyTorch's dialect, ${HIDDEN_STEPS} steps of which only the last is displayed, each slot by itself. Sets are propagated along.

Pinned evaluation (\`fused\`):

${table(
  ["", ...MOVE_HEAD],
  SLOTS.map((slot) => [slot, ...curveRow(hidden.pinned.curves.at(slot, "both", "all"))]),
)}

Default freedom:

${hiddenCurveTable(hidden.default)}

${folded("Roots and divisions within two ulps", hiddenCurveTable(hidden["two ulps"]))}

## What listing buys

Every part of every dialect, default freedom, observed state. *Their hull* accepts everything between the lowest and the highest listed float. *One interval for each order* is how hidden state is judged. The last one is the textbook's: each operation gives its exact result times 1 + δ, |δ| ≤ 2^-24. Floats are median / 99th percentile / most; one interval for each order has no single number.

${comparison(wider)}

## Where the sets are loose

### One choice for all slots of an element

Slots are judged one after the other. A choice that reaches two of them could be made in one way for the one and in another for the other. The table has the mean number of listed floats: each slot by itself → as judged → with the choices of weight decay, quotient, order and variance held to one for all slots, in the dialects with every part.

${consistencyTable(consistent)}

Only a Nesterov increment reaches two sums with many choices, the buffer and the lookahead. The judge holds that one to the orders, quotients and variances that explain the observed buffer. With a bias correction it is left open, since that divides too. Weight decay is left as it is: holding it buys nearly nothing.

### One combination for all elements of a tensor

A compiled loop makes the same choices for all of its elements. If the judge held all elements of a tensor to one combination, an element would be listed fewer floats, the more elements were seen before: as judged / one combination / each element by one of two combinations. Regime \`update-sized p\`, all dialects with every part.

${oneForAllTable(oneForAll, displayed)}

One combination is nearly a pinned evaluation after a few dozen elements. It would reject legitimate code: the body and the tail of a vectorised loop, or threads on different kinds of cores, may differ. Two combinations are safe for that and buy nearly nothing, since any element may be the one in the tail. So elements are judged one by one. An implementation that compiles one loop can pin the evaluation and gets the sharpness of the second number.

### Kept or read again

In binary64, what follows in a step reads the value that was kept, or the float32 that was stored. The meaning of the choice is the first; the judge lists both, because code that stores into a float32 array and reads it again is the most usual binary64 code. So an evaluation that is pinned but for this has these sets:

${sizeTable("count", ["all", "centered cancellation"], kept.cells)}

An axis of its own for kept or read again would make each of them one value.

### Hidden state

Intervals of hidden state grow with each step. They take weight decay's parameter into the gradient, so that with weight decay the parameter's width reaches every slot; and after a step in which a centered variance cancelled, the buffer and the parameter stay wide. The table of hidden state shows both. Showing the state is the remedy.

## How \`--check\` knows noise

Each trial is independent of the others. By Hoeffding's inequality a share p of n trials lies as far from the true mean q as D(p‖q) = p·ln(p/q) + (1 − p)·ln((1 − p)/(1 − q)) says with a chance of at most exp(−n·D). The committed share is first lowered to the least true mean that explains it with a chance of ${DELTA}, and the new share may lie below that by as much as has a chance of ${DELTA} again. It compares moves by ${MOVES.at(-1)} floats in each quantity, regime and freedom.
`;
}
