import type { Adapter } from "../adapter/adapter.js";
import type { Declaration } from "../judge/declaration.js";
import { judgeProgram, verdictOf } from "../judge/judge-program.js";
import { isFailure } from "../judge/verdict.js";
import type { Program } from "../program/program.js";

/**
 * Whether a program that a property found fails by itself too: it is run once more, alone. Where it does not, what it
 * returned was wrong only together with what another program returned, or because it returned anything at all.
 */
export async function reproducesAlone(
  program: Program,
  adapter: Adapter,
  declaration: Declaration,
): Promise<boolean> {
  // The adapter is gone; treat as not reproduced.
  const [reply] = await adapter.run([program], { alone: true }).catch(() => []);
  if (reply === undefined || reply.status === "not-sent") return false;
  if (reply.status !== "ok") return true;
  return isFailure(verdictOf(judgeProgram(program, reply.observations, declaration), declaration));
}
