// Sends a tensor with a NaN in it as JSON numbers, in which NaN becomes null.

import { answer, decodeTensor, serve } from "../javascript/rmsprop-adapter.mjs";
import { withObserved } from "./support/observed.mjs";

await serve((request) =>
  withObserved(answer(request), (tensor) => {
    const values = decodeTensor(tensor);
    return values.some(Number.isNaN) ? { ...tensor, data: [...values] } : tensor;
  }),
);
