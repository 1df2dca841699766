/** How much a run does: generated inputs for a property of weight 1. */
export const PROFILES = { smoke: 20, ci: 200, nightly: 5000 } as const;
export type ProfileName = keyof typeof PROFILES;

/** The seed of every profile unless one is given: the same inputs each time. */
export const DEFAULT_SEED = 20130;
