import type { When } from "./expectation-schema.js";

/** What `when` refers to: the platform of a run and its profile. */
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

/** Whether both can hold in the same run. */
export function canBothHold(a: When, b: When): boolean {
  return CONDITIONS.every((name) => {
    const others = b[name];
    return !others || (a[name]?.some((value) => others.includes(value)) ?? true);
  });
}
