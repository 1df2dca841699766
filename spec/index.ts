export * from "./arithmetic.js";
export * from "./clauses.js";
export * from "./dialect.js";
export * from "./dialects.js";
export * from "./evaluation.js";
export * from "./evaluations.js";
export * from "./step-shape.js";
export * from "./update-rule.js";
