// Waiting without using a processor. It blocks: nothing else happens in this process meanwhile.

import process from "node:process";

const cell = new Int32Array(new SharedArrayBuffer(4));

export function wait(milliseconds) {
  Atomics.wait(cell, 0, 0, milliseconds);
}

/** Does not return. It ends the process only when the one that started it is gone, so that none is left behind. */
export function hang() {
  const parent = process.ppid;
  while (process.ppid === parent) wait(500);
  process.exit(1);
}
