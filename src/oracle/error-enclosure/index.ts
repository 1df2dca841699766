export { type EnclosedStep, encloseStep } from "./enclose-step.js";
export { holds, meet } from "./enclosed-numbers.js";
