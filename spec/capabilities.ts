/** What an implementation may or may not offer, with what it means. A case that needs more is skipped. */
export const CAPABILITY_MEANINGS = {
  momentum: "μ > 0",
  centered: "the hyperparameter centered",
  "weight-decay": "λ > 0",
  maximize: "the hyperparameter maximize",
  groups: "more than one parameter group",
  set: "hyperparameters changed between steps",
  load: "state given by the program",
  checkpoint: "save, new instance, load",
  state: "state slots can be observed",
  "missing-gradient": "a parameter without a gradient in a step",
  deterministic: "the same bits for the same program, whatever ran before",
} as const;
/** Something that an implementation may offer beyond the bare minimum. */
export type Capability = keyof typeof CAPABILITY_MEANINGS;

/** In the order in which they are listed. */
export const CAPABILITIES = Object.keys(CAPABILITY_MEANINGS) as [Capability, ...Capability[]];
