import { AdapterUnavailable } from "../adapter/adapter.js";
import type { CaseResult } from "./case-result.js";
import { checkOptions, type GateOptions } from "./gate-options.js";
import { type GateResult, gateResult } from "./gate-result.js";
import { type PlannedCase, planOf } from "./plan.js";
import { Interrupted } from "./run-property.js";

/**
 * Run regressions, goldens and properties against an implementation.
 * @throws {AdapterUnavailable} if it cannot be started; if it goes away later, the result is incomplete
 * @throws {ProgramError} for stored cases that cannot be read
 * @throws {NothingSelected} if `only` selects nothing
 * @throws {RangeError} for an unknown level or profile, or a seed that is not an integer
 */
export async function runGate(options: GateOptions): Promise<GateResult> {
  checkOptions(options);
  const hello = await options.adapter.hello();
  const plan = planOf(options, hello);
  const total = plan.cases.length + (plan.audit ? 1 : 0);
  const results = new Map<string, CaseResult>();
  let stopped: string | undefined;

  const runOne = async (planned: PlannedCase): Promise<void> => {
    try {
      const result = await planned.run();
      results.set(planned.id, result);
      options.onCase?.(result, results.size, total);
    } catch (error) {
      if (error instanceof Interrupted || options.signal?.aborted) stopped ??= "interrupted";
      else if (error instanceof AdapterUnavailable) stopped ??= error.message.replace(/\s*\n\s*/g, " | ");
      else throw error;
    }
    // Yield to the event loop: in-process cases never wait, so timers and signals would starve.
    await new Promise((resolve) => setImmediate(resolve));
    if (options.signal?.aborted) stopped ??= "interrupted";
  };

  // Cases run concurrently, so that their programs share requests.
  const waiting = plan.cases.values();
  const worker = async () => {
    for (const planned of waiting) {
      if (stopped !== undefined) return;
      await runOne(planned);
    }
  };
  if (options.signal?.aborted) stopped = "interrupted";
  // Otherwise a hung adapter would block the abort.
  const abandon = () => void options.adapter.stop();
  options.signal?.addEventListener("abort", abandon);
  await Promise.all(Array.from({ length: options.adapter.concurrency ?? 1 }, worker));
  if (plan.audit && stopped === undefined) await runOne(plan.audit);
  options.signal?.removeEventListener("abort", abandon);

  const inOrder = [...plan.cases, ...(plan.audit ? [plan.audit] : [])].flatMap(({ id }) => {
    const result = results.get(id);
    return result ? [result] : [];
  });
  return gateResult(options, hello, inOrder, total, stopped, plan.selfCheck);
}
