export * from "./compare-rounding.js";
export * from "./second-opinion.js";
