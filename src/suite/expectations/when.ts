import type { When } from "./expectation-schema.js";

/** What `when` is about: where a run took place, and how much was generated. */
export interface Circumstances {
  /** As process.platform. */
  readonly os: string;
  /** As process.arch. */
  readonly arch: string;
  readonly profile: string;
}

const CONDITIONS = ["os", "arch", "profile"] as const;

/** Whether an entry holds in a run. */
export function holds(when: When, circumstances: Circumstances): boolean {
  return CONDITIONS.every((name) => when[name]?.includes(circumstances[name]) ?? true);
}

/** Whether there can be a run in which both hold. */
export function canBothHold(a: When, b: When): boolean {
  return CONDITIONS.every((name) => {
    const others = b[name];
    return !others || (a[name]?.some((value) => others.includes(value)) ?? true);
  });
}
