/** Terms of reports, each in one line. */
export const GLOSSARY = {
  dialect: "what is computed over the reals: one value on each formula axis",
  evaluation: "how it is rounded: the choices that are allowed on each axis",
  "acceptance set": "all float32 values that the declared dialect can produce under the declared choices",
  ulp: "the distance from one float32 to the next; a distance of 1 ulp is the neighbour",
  observation: "one element of one slot after one step",
  weak: "of an observation: the acceptance set is wide relative to the update, so passing proves little",
  indeterminate: "of an observation: no change at all, or the opposite change, would be accepted too",
} as const;
