import type { Operation, OperationOf, Program } from "./program.js";

type ObservedSlot = OperationOf<"observe">["slots"][number];

/** The same program in which these slots are not observed. What observes nothing else is left out. */
export function withoutSlots(program: Program, hidden: readonly ObservedSlot[]): Program {
  const operations = program.operations.flatMap((operation): Operation[] => {
    if (operation.op !== "observe") return [operation];
    const slots = operation.slots.filter((slot) => !hidden.includes(slot));
    return slots.length === 0 ? [] : [{ ...operation, slots }];
  });
  return { ...program, operations };
}
