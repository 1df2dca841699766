/** What is said of the program of a finding that was not seen to fail when it was all that was run. */
export const NOT_ALONE =
  "Alone it was not seen to fail: its case compares it with another run, or asks that it be refused. The replay command shows the failure.";
