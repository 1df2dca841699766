/** Shown for the program of a finding that did not fail when it was run alone. */
export const NOT_ALONE =
  "Does not reproduce in isolation: its case compares it with another run, or requires that it be refused. The replay command shows the failure.";
