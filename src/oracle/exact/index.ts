export * from "./certain-float32.js";
export * from "./enclosure.js";
export * from "./enclosure-arithmetic.js";
export * from "./error-in-ulps.js";
export * from "./exact-arithmetic.js";
export * from "./exact-scalars.js";
export * from "./exact-step.js";
export * from "./exact-step-rounded.js";
