import { join } from "node:path";
import { ChildProcessAdapter } from "../../src/adapter/child/child-process-adapter.js";
import { packageRoot } from "../../src/package-info.js";
import { subjectById } from "./subject-list.js";
import { type BenignTrial, tryBenign } from "./try-benign.js";
import { type MutantTrial, type MutantTrialOptions, tryMutant } from "./try-mutant.js";

/** What a worker is told: values only, so that it can cross threads. */
export interface SubjectTask {
  readonly id: string;
  readonly options: MutantTrialOptions;
  /** Drive it as a child process. @default false */
  readonly overStdio?: boolean;
}

/** Try the suite on one subject. */
export default async function trySubject(task: SubjectTask): Promise<MutantTrial | BenignTrial> {
  const { id, options, overStdio = false } = task;
  const { kind, variant } = subjectById(id);
  if (kind === "benign") return tryBenign(variant, options);
  if (!overStdio) return tryMutant(variant, options);
  const serve = join(packageRoot(), "scripts", "trial", "serve-variant.mjs");
  const adapter = new ChildProcessAdapter({ command: [process.execPath, serve, id] });
  try {
    return await tryMutant(variant, options, adapter);
  } finally {
    await adapter.stop();
  }
}
