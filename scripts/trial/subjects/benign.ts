import { APPROXIMATIONS } from "./benign/approximations.js";
import { CONTRACTIONS } from "./benign/contractions.js";
import { DECLARED_CHOICES } from "./benign/declared-choices.js";
import { DIALECT_LOOPS } from "./benign/dialects.js";
import { LIFE_CYCLES } from "./benign/life-cycles.js";
import { LOOPS } from "./benign/loops.js";
import { ORDERS } from "./benign/orders.js";
import { PRECISIONS } from "./benign/precision.js";
import { WIDER } from "./benign/wider.js";
import type { Variant } from "./variant.js";

/** Legitimate implementations with honest declarations: the suite must reject none of them. */
export const BENIGN_VARIANTS: readonly Variant[] = [
  ...CONTRACTIONS,
  ...ORDERS,
  ...PRECISIONS,
  ...WIDER,
  ...APPROXIMATIONS,
  ...LOOPS,
  ...LIFE_CYCLES,
  ...DIALECT_LOOPS,
  ...DECLARED_CHOICES,
];
