export * from "./compare-rounding.js";
export * from "./cross-check.js";
