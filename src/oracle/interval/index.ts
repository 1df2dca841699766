export {
  accepts,
  BlockArena,
  FINITE,
  IntervalBlock,
  MINUS_INFINITY,
  NOT_A_NUMBER,
  PLUS_INFINITY,
} from "./block.js";
export { IntervalArithmetic, type IntervalOptions } from "./interval-arithmetic.js";
export { ordersOf, relevantOrders } from "./orders.js";
export { type IntervalInput, type IntervalStep, type IntervalStepResult, intervalStep } from "./step.js";
