// Sends what it computed by way of decimal text with six digits.

import { answer, serve } from "../javascript/rmsprop-adapter.mjs";
import { mapElements, withObserved } from "./support/observed.mjs";

const sixDigits = (x) => (x === 0 ? x : Number(x.toPrecision(6)));

await serve((request) =>
  withObserved(answer(request), (tensor, slot) =>
    slot === "gradient" ? tensor : mapElements(tensor, sixDigits),
  ),
);
