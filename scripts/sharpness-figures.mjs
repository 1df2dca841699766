// Measures how sharp the acceptance sets are and writes docs/sharpness.md and docs/sharpness.json. `--check` measures a
// tenth and writes nothing; it fails if a pinned set is not one value, or if less is rejected than the committed
// figures and their noise allow.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DIALECTS, dialectById, SLOTS } from "../dist/spec/index.js";
import { bundledAdapter } from "../dist/src/adapter/bundled.js";
import { ordinalOf } from "../dist/src/float32/neighbours.js";
import { declarationOf } from "../dist/src/judge/declaration.js";
import { listedValues } from "../dist/src/judge/membership.js";
import { addTally, emptyTally } from "../dist/src/judge/tally.js";
import { Enumerator } from "../dist/src/oracle/enumerated/enumerated-step.js";
import { ALL_STEP_REGIMES } from "../dist/src/search/element-steps.js";
import { runGate } from "../dist/src/suite/gate.js";
import { consistentSets } from "./figures/consistency.mjs";
import { Curve, MOVES } from "./figures/curve.mjs";
import { Distribution } from "./figures/distribution.mjs";
import { hiddenCurves } from "./figures/hidden-state.mjs";
import { intervalSets } from "./figures/interval-sets.mjs";
import { leastShare } from "./figures/least-share.mjs";
import { inputsOf, listedSets, spanOf, storedBy } from "./figures/listed-sets.mjs";
import { floatsLeft } from "./figures/one-for-all.mjs";
import { oneStep, SEED } from "./figures/one-step.mjs";
import { FREEDOMS, PINNED, PINNED_BINARY64, STEP, settingsOf, WIDER } from "./figures/settings.mjs";
import { QUANTITIES, sharpnessPage } from "./figures/sharpness-page.mjs";
import { between, widerSets } from "./figures/wider-sets.mjs";

const check = process.argv.includes("--check");
/** Elements of one dialect in one regime, over its settings. */
const ELEMENTS = {
  default: 1200,
  "two ulps": 1200,
  binary64: 1200,
  pinned: 120,
  hidden: 1536,
  wider: 128,
  consistent: 64,
};
const elements = (what) => Math.ceil(ELEMENTS[what] / (check ? 10 : 1));
const docs = fileURLToPath(new URL("../docs/", import.meta.url));

/** Figures by key, made when first asked for. */
class Table extends Map {
  constructor(make) {
    super();
    this.make = make;
  }

  at(...key) {
    const name = key.join("|");
    if (!this.has(name)) this.set(name, this.make());
    return this.get(name);
  }
}

const newCell = () => ({ count: new Distribution(), span: new Distribution(), curve: new Curve() });

function addCell(to, from) {
  to.count.addAll(from.count);
  to.span.addAll(from.span);
  to.curve.addAll(from.curve);
}

/** One element out of blocks. */
const elementOf = (blocks, i) =>
  Object.fromEntries(Object.entries(blocks).map(([name, block]) => [name, [block[i]]]));

/** The listed sets of every dialect in every regime; sums by quantity, by quantity and dialect or regime. */
function measureListed(freedom, count) {
  const cells = new Table(newCell);
  const evidence = new Table(emptyTally);
  const worst = {};
  for (const dialect of DIALECTS) {
    const settings = settingsOf(dialect);
    for (const h of settings) {
      for (const regime of ALL_STEP_REGIMES) {
        const inputs = inputsOf(regime, Math.ceil(count / settings.length), dialect, h);
        const { quantities, tally } = listedSets(dialect, h, freedom, inputs);
        for (const name of ["all", dialect.id, regime]) addTally(evidence.at(name), tally);
        addTally(evidence.at(dialect.id, regime), tally);
        for (const { quantity, inputs, stored, truth, sets } of quantities) {
          const cell = newCell();
          for (const [i, set] of sets.entries()) {
            const span = spanOf(set);
            cell.count.add(set.length);
            cell.span.add(span);
            cell.curve.add(truth[i], contains(set));
            const most = worst[quantity];
            if (most && (most.count > set.length || (most.count === set.length && most.span >= span)))
              continue;
            const { program } = oneStep(dialect, h, elementOf(inputs, i), elementOf(stored, i), STEP);
            worst[quantity] = { dialect, regime, count: set.length, span, set, program };
          }
          for (const name of ["all", dialect.id, regime]) addCell(cells.at(quantity, name), cell);
        }
      }
    }
  }
  return { cells, evidence, worst };
}

/** Whether a sorted list of floats has one at an ordinal; both zeros are at 0. */
function contains(set) {
  const places = new Set(set.filter((x) => !Number.isNaN(x)).map(ordinalOf));
  return (place) => places.has(place);
}

function measurePinned() {
  let judged = 0;
  let largest = 0;
  for (const pinned of PINNED) {
    const { cells } = measureListed(pinned, elements("pinned"));
    for (const quantity of QUANTITIES) {
      const { count } = cells.at(quantity, "all");
      judged += count.size;
      largest = Math.max(largest, count.worst);
    }
  }
  return { judged, largest };
}

/** Rejected shares with hidden state, in PyTorch's dialect. */
function measureHidden(freedom) {
  const dialect = dialectById("pytorch");
  const curves = new Table(() => new Curve());
  const evidence = new Table(() => ({ full: 0, weak: 0, indeterminate: 0 }));
  for (const [k, h] of settingsOf(dialect).entries()) {
    for (const regime of ALL_STEP_REGIMES) {
      for (const { slot, curve, evidence: found } of hiddenCurves(
        dialect,
        h,
        freedom,
        regime,
        elements("hidden") / 2,
      )) {
        const setting = k === 0 ? "plain" : "all parts";
        for (const key of [
          [slot, setting, "all"],
          [slot, setting, regime],
          [slot, "both", regime],
          [slot, "both", "all"],
        ])
          curves.at(...key).addAll(curve);
        const sum = evidence.at(setting, regime);
        for (const name of Object.keys(found)) sum[name] += found[name];
      }
    }
  }
  return { curves, evidence };
}

/** Listed sets compared with sets that are not listed, under the default freedom, with every part of every dialect. */
function measureWider() {
  const cells = new Table(() => ({ span: new Distribution(), curve: new Curve() }));
  for (const dialect of DIALECTS) {
    const h = settingsOf(dialect).at(-1);
    for (const regime of ALL_STEP_REGIMES) {
      const { evaluation } = FREEDOMS.default;
      const inputs = inputsOf(regime, elements("wider"), dialect, h);
      const { quantities } = listedSets(dialect, h, FREEDOMS.default, inputs);
      const slots = quantities.filter(({ quantity }) => quantity !== "update");
      const [{ stored }] = slots;
      const listed = Object.fromEntries(slots.map(({ quantity, sets }) => [quantity, sets]));
      for (const { slot, kinds } of widerSets(dialect, h, evaluation, inputs, stored, listed)) {
        const add = (kind, i, accepts, span) => {
          for (const where of ["all", regime]) {
            const cell = cells.at(kind, slot, where);
            cell.curve.add(stored[slot][i], accepts);
            if (span !== undefined) cell.span.add(span);
          }
        };
        for (let i = 0; i < inputs.parameter.length; i++) {
          const set = listed[slot][i];
          add("the listed floats", i, contains(set), set.length);
          for (const [kind, { accepts, span }] of Object.entries(kinds)) {
            add(kind, i, (place) => accepts(i, place), span?.(i));
          }
        }
      }
    }
  }
  return cells;
}

/** The intervals that wider intermediates are judged by. */
function measureIntermediates() {
  const cells = new Table(() => ({ span: new Distribution(), curve: new Curve() }));
  for (const dialect of DIALECTS) {
    const h = settingsOf(dialect).at(-1);
    for (const regime of ALL_STEP_REGIMES) {
      const inputs = inputsOf(regime, elements("wider"), dialect, h);
      const stored = storedBy(WIDER.truth, dialect, h, inputs);
      for (const { slot, accepts, hull } of intervalSets(dialect, h, WIDER.evaluation, inputs, stored)) {
        const { span } = between(hull);
        for (const where of ["all", regime]) {
          const cell = cells.at(slot, where);
          for (const [i, value] of stored[slot].entries()) {
            cell.curve.add(value, (place) => accepts(i, place));
            cell.span.add(span(i));
          }
        }
      }
    }
  }
  return cells;
}

/** Mean list lengths with each slot by itself, as judged, and with choices held to one for all slots of an element. */
function measureConsistent() {
  const cells = new Table(() => ({ elements: 0, alone: 0, listed: 0, consistent: 0 }));
  for (const dialect of DIALECTS) {
    const h = settingsOf(dialect).at(-1);
    for (const regime of ALL_STEP_REGIMES) {
      const inputs = inputsOf(regime, elements("consistent"), dialect, h);
      const { quantities } = listedSets(dialect, h, FREEDOMS.default, inputs);
      const [{ stored }] = quantities;
      const { evaluation } = FREEDOMS.default;
      const alone = new Enumerator().step(dialect, h, STEP, evaluation, inputs, stored);
      const consistent = consistentSets(dialect, h, evaluation, inputs, stored);
      for (const { quantity, sets } of quantities) {
        if (quantity === "update") continue;
        const cell = cells.at(dialect.id, quantity);
        for (const [i, set] of sets.entries()) {
          cell.elements++;
          cell.alone += listedValues(alone[quantity], i).length;
          cell.listed += set.length;
          cell.consistent += consistent[quantity][i].size;
        }
      }
    }
  }
  return cells;
}

/** Elements of a tensor that are seen before the next one is judged. */
const SHOWN = [1, 4, 16, 64];

/** Mean list lengths were one combination of choices, or two, held to all elements of a tensor. */
function measureOneForAll() {
  const cells = new Table(() => ({ elements: 0, free: 0, one: 0, two: 0 }));
  for (const dialect of DIALECTS) {
    const h = settingsOf(dialect).at(-1);
    const inputs = inputsOf("update-sized p", check ? 130 : 1300, dialect, h);
    const stored = storedBy(FREEDOMS.default.truth, dialect, h, inputs);
    for (const displayed of SHOWN) {
      for (const { slot, sums } of floatsLeft(
        dialect,
        h,
        FREEDOMS.default.evaluation,
        inputs,
        stored,
        displayed,
      )) {
        const cell = cells.at(slot, displayed);
        for (const name of Object.keys(sums)) cell[name] += sums[name];
      }
    }
  }
  return cells;
}

async function measureGate() {
  const { tally, multiStep, conforms, results } = await runGate({
    adapter: bundledAdapter("fused"),
    declaration: declarationOf(dialectById("pytorch"), "fused"),
    level: "L3",
    profile: check ? "smoke" : "ci",
    seed: SEED,
  });
  if (!conforms) throw new Error("the bundled implementation does not conform");
  return { tally, multiStep, cases: results.length };
}

const timed = async (what, measure) => {
  const start = performance.now();
  const result = await measure();
  console.error(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
};

const pinned = await timed("pinned", measurePinned);
const listed = {};
for (const [name, freedom] of Object.entries(FREEDOMS)) {
  listed[name] = await timed(`listed, ${name}`, () => measureListed(freedom, elements(name)));
}
const hidden = {};
for (const name of ["pinned", "default", "two ulps"]) {
  const freedom = name === "pinned" ? PINNED[0] : FREEDOMS[name];
  hidden[name] = await timed(`hidden, ${name}`, () => measureHidden(freedom));
}
const wider = await timed("wider sets", measureWider);
const intermediates = await timed("wider intermediates", measureIntermediates);
const kept = await timed("kept", () => measureListed(PINNED_BINARY64, elements("pinned")));
const consistent = await timed("consistent", measureConsistent);
const oneForAll = await timed("one for all", measureOneForAll);
const gate = await timed("gate", measureGate);

/** Shares rejected at the largest move, with the trials behind them: what `--check` compares. */
function figuresAtLargestMove() {
  const last = MOVES.length - 1;
  const figures = {};
  const add = (name, { moved, rejected }) => {
    if (moved[last] > 0) figures[name] = { trials: moved[last], rejected: rejected[last] };
  };
  for (const [freedom, { cells }] of Object.entries(listed)) {
    for (const quantity of QUANTITIES) {
      for (const regime of ALL_STEP_REGIMES) {
        add(`one step, ${freedom}, ${quantity}, ${regime}`, cells.at(quantity, regime).curve);
      }
    }
  }
  for (const [freedom, { curves }] of Object.entries(hidden)) {
    for (const slot of SLOTS) {
      for (const regime of ALL_STEP_REGIMES) {
        add(`hidden state, ${freedom}, ${slot}, ${regime}`, curves.at(slot, "both", regime));
      }
    }
  }
  for (const slot of SLOTS) {
    for (const regime of ALL_STEP_REGIMES) {
      add(`one step, wider, ${slot}, ${regime}`, intermediates.at(slot, regime).curve);
    }
  }
  return figures;
}

const sizes = (cell) => ({
  median: cell.quantile(0.5),
  p99: cell.quantile(0.99),
  worst: cell.worst,
});
const figures = {
  seed: SEED,
  pinned,
  floats: Object.fromEntries(
    QUANTITIES.map((quantity) => {
      const { count, span } = listed.default.cells.at(quantity, "all");
      return [quantity, { observations: count.size, listed: sizes(count), span: sizes(span) }];
    }),
  ),
  gate: { cases: gate.cases, ...gate.tally },
  [`moved by ${MOVES.at(-1)} floats`]: figuresAtLargestMove(),
};

let failures = 0;
const fail = (message) => {
  console.error(message);
  failures++;
};
if (pinned.largest !== 1) fail(`a pinned set has ${pinned.largest} values`);
if (check) {
  const committed = JSON.parse(readFileSync(`${docs}sharpness.json`, "utf8"));
  const key = `moved by ${MOVES.at(-1)} floats`;
  for (const [name, before] of Object.entries(committed[key])) {
    const now = figures[key][name];
    if (now === undefined) fail(`${name}: not measured any more`);
    else {
      const least = leastShare(before.rejected / before.trials, before.trials, now.trials);
      const share = now.rejected / now.trials;
      if (share < least) {
        fail(`${name}: ${share} of ${now.trials} are rejected, at least ${least} were to be expected`);
      }
    }
  }
  console.log(`${Object.keys(committed[key]).length} shares compared`);
} else {
  mkdirSync(docs, { recursive: true });
  writeFileSync(`${docs}sharpness.json`, `${JSON.stringify(figures, null, 2)}\n`);
  const measured = { pinned, listed, hidden, wider, intermediates, kept, consistent, oneForAll, gate };
  writeFileSync(
    `${docs}sharpness.md`,
    sharpnessPage({ ...measured, displayed: SHOWN, pinnedNames: PINNED.map(({ name }) => `\`${name}\``) }),
  );
}
if (failures > 0) process.exit(1);
