import { configureGlobal } from "fast-check";

/** Time that a property may draw for, in milliseconds: a mutant that its first hundreds of draws miss counts as survived. */
const DRAWING_MS = 200;

// A mutant is dead at the first counterexample; the smallest one is of no use here, and takes most of the time.
configureGlobal({ endOnFailure: true, interruptAfterTimeLimit: DRAWING_MS });
