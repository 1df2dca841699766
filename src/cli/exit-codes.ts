/** What the exit status of a command means. */
export const EXIT = {
  conforms: 0,
  /** Conformance failure, or goldens that do not hold. */
  failure: 1,
  /** Bad input: arguments, files, programs. */
  usage: 2,
  /** The adapter cannot start or fails its smoke test. */
  adapter: 3,
  /** Interrupted, or nothing that was run decides anything. */
  incomplete: 4,
  /** The suite's own self-check failed, or it broke. */
  selfCheck: 5,
} as const;
