import type { Adapter } from "../../adapter/adapter.js";
import type { Hello } from "../../adapter/hello.js";
import type { Declaration } from "../../judge/declaration.js";
import type { ProfileName } from "../profile.js";
import { measureAccuracy } from "./accuracy.js";
import { answersTo } from "./answered-program.js";
import { elementPrograms } from "./element-programs.js";
import { MeasuredImplementation } from "./measured-implementation.js";
import type { Measurements } from "./measurements.js";
import { measureSets } from "./set-sizes.js";
import { measureTraining } from "./training.js";
import { measureTrajectories } from "./trajectory.js";

/** What is measured, and how much of it. */
export interface MeasureOptions {
  readonly adapter: Adapter;
  readonly declaration: Declaration;
  /** What the implementation says of itself. */
  readonly hello: Hello;
  readonly profile: ProfileName;
  /** Stop; what was measured until then is the result. */
  readonly signal?: AbortSignal;
}

/**
 * Measure an implementation on programs that are always the same. What it does not offer or does not answer is left out,
 * so there may be nothing at all; no answer is an error here.
 * @throws {ProgramError} for bundled goldens that cannot be read
 */
export async function measure(options: MeasureOptions): Promise<Measurements> {
  const { adapter, declaration, hello, profile, signal } = options;
  const implementation = new MeasuredImplementation(adapter, hello, declaration.dialect, signal);
  // Otherwise a hung adapter would block the abort.
  const abandon = () => void adapter.stop();
  signal?.addEventListener("abort", abandon);
  try {
    const answered = await answersTo(elementPrograms(implementation, profile), implementation);
    return {
      accuracy: await measureAccuracy(implementation, answered),
      sets: await measureSets(implementation, declaration, answered),
      training: await measureTraining(implementation, profile),
      trajectories: await measureTrajectories(implementation),
    };
  } finally {
    signal?.removeEventListener("abort", abandon);
  }
}
