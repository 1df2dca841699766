export { type EmulatedStep, emulateStep } from "./emulate-step.js";
