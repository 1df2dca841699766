import { DEFAULT_FREEDOM, evaluationOf, PINNED_EVALUATIONS, stepShape } from "../../dist/spec/index.js";
import { FUSED } from "./one-step.mjs";

/** The step that is judged, counted from 1: a bias correction is neither absent nor still strong. */
export const STEP = 3;

/** Declared freedoms by name, each with the pinned evaluation in it whose results stand for the true ones. */
export const FREEDOMS = {
  default: { evaluation: DEFAULT_FREEDOM, truth: FUSED },
  "two ulps": {
    evaluation: { ...DEFAULT_FREEDOM, root: ["within-two-ulps"], division: ["within-two-ulps"] },
    truth: FUSED,
  },
  binary64: {
    evaluation: { ...DEFAULT_FREEDOM, intermediates: ["binary64"] },
    truth: { ...FUSED, intermediates: "binary64" },
  },
};

/** The named pinned evaluations: sets of one value. */
export const PINNED = Object.entries(PINNED_EVALUATIONS).map(([name, truth]) => ({
  name,
  evaluation: evaluationOf(truth),
  truth,
}));

const KEPT = { ...FUSED, intermediates: "binary64" };

/** Results kept in binary64 until they are stored, nothing else left open. */
export const PINNED_BINARY64 = { evaluation: evaluationOf(KEPT), truth: KEPT };

/** Results kept in any precision from binary64 on: judged by intervals. */
export const WIDER = { evaluation: { ...DEFAULT_FREEDOM, intermediates: ["wider"] }, truth: KEPT };

/** A dialect with everything off that can be, and with every part that it has. */
export function settingsOf(dialect) {
  const everything = {
    ...dialect.defaults,
    centered: dialect.centered !== "never",
    momentum: 0.9,
    weight_decay: 0.01,
    lr_decay: 0.001,
    ...(dialect.clipping !== "never" && { clip_value: 4 }),
  };
  const shape = stepShape(dialect, everything);
  const same =
    JSON.stringify(shape) === JSON.stringify(stepShape(dialect, dialect.defaults)) &&
    dialect.lrDecay === "never";
  return same ? [dialect.defaults] : [dialect.defaults, everything];
}

/**
 * Inputs in which the update shows: where the buffer collects what the learning rate has scaled, it is of that size.
 */
export function fitted(inputs, dialect, h) {
  if (dialect.momentum !== "lr-inside" && dialect.momentum !== "nesterov") return inputs;
  const scale = 2 ** Math.round(Math.log2(h.lr));
  return { ...inputs, momentum_buffer: inputs.momentum_buffer.map((b) => Math.fround(b * scale)) };
}
