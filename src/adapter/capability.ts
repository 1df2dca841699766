/** What an implementation may or may not offer. A case that needs more is skipped. */
export const CAPABILITIES = [
  "momentum",
  "centered",
  "weight-decay",
  "maximize",
  "groups",
  "set", // hyperparameters changed between steps
  "load", // state given by the program
  "checkpoint", // save, new instance, load
  "state", // state slots can be observed
  "missing-gradient",
  "deterministic", // the same bits for the same program, whatever ran before
] as const;

/** Something that an implementation may offer beyond the bare minimum. */
export type Capability = (typeof CAPABILITIES)[number];
