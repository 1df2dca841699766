// For the faulty adapters that spoil what was observed.

import { decodeTensor, encodeTensor } from "../../javascript/rmsprop-adapter.mjs";

/** The reply with every observed tensor replaced by `change(tensor, slot)`, in wire form. */
export function withObserved(reply, change) {
  for (const { observations = [] } of reply.results ?? []) {
    for (const entry of observations.flatMap(({ parameters }) => parameters)) {
      for (const [slot, value] of Object.entries(entry))
        if (slot !== "step") entry[slot] = change(value, slot);
    }
  }
  return reply;
}

/** The tensor with `change` applied to every element. */
export function mapElements(tensor, change) {
  return encodeTensor(tensor.shape, decodeTensor(tensor).map(change));
}
