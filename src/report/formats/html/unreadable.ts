import { ProgramError } from "../../../program/program-error.js";

/** What was made of a part of the report, or why that part cannot be read. */
export type Readable<T> = { readonly value: T } | { readonly problem: string };

/**
 * Parse an unchecked part of a report: its lines are checked when it is read, but the programs in them are not, and
 * another tool may have written them. One that makes no sense must not cost the rest of the page.
 */
export function readable<T>(make: () => T): Readable<T> {
  try {
    return { value: make() };
  } catch (error) {
    // RangeError: a dialect or a clause that this version does not know.
    if (error instanceof ProgramError || error instanceof RangeError) return { problem: error.message };
    throw error;
  }
}
