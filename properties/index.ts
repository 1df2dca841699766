import { boundsProperties } from "./bounds.js";
import { breadthProperties } from "./breadth.js";
import { centeredProperties } from "./centered.js";
import { closedFormProperties } from "./closed-forms.js";
import { effectiveWindowProperties } from "./effective-window.js";
import { exampleTrajectoryProperties } from "./example-trajectories.js";
import { interleavingProperties } from "./interleavings.js";
import { momentumProperties } from "./momentum.js";
import { optionProperties } from "./options.js";
import { oracleCrossCheckProperties } from "./oracle-cross-check.js";
import type { Property } from "./property.js";
import { recurrenceProperties } from "./recurrence.js";
import { reductionProperties } from "./reductions.js";
import { rejectedHyperparameterProperties } from "./rejected-hyperparameters.js";
import { specialValueProperties } from "./special-values.js";
import { stateAndPurityProperties } from "./state-and-purity.js";
import { symmetryProperties } from "./symmetries.js";
import { workedExampleProperties } from "./worked-examples.js";
import { zeroGradientAndSignProperties } from "./zero-gradient-and-sign.js";

/** Every property of the suite, in the order of the specification's families. */
export const PROPERTIES: readonly Property[] = [
  ...recurrenceProperties,
  ...breadthProperties,
  ...boundsProperties,
  ...zeroGradientAndSignProperties,
  ...closedFormProperties,
  ...effectiveWindowProperties,
  ...reductionProperties,
  ...momentumProperties,
  ...centeredProperties,
  ...symmetryProperties,
  ...optionProperties,
  ...stateAndPurityProperties,
  ...interleavingProperties,
  ...specialValueProperties,
  ...rejectedHyperparameterProperties,
  ...workedExampleProperties,
  ...exampleTrajectoryProperties,
  ...oracleCrossCheckProperties,
];
