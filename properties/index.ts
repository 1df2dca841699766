import type { Property } from "./property.js";
import { recurrenceProperties } from "./recurrence.js";
import { symmetryProperties } from "./symmetries.js";

/** Every property of the suite, in the order of the specification's families. */
export const PROPERTIES: readonly Property[] = [...recurrenceProperties, ...symmetryProperties];
