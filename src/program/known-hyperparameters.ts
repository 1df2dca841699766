import type { DialectAxes, Hyperparameters } from "../../spec/dialect.js";
import type { Operation, Program, ProgramHyperparameters } from "./program.js";

/**
 * Whether a dialect has a hyperparameter that its implementations take. What it has not is in no program, not even
 * with a value that changes nothing: an implementation may rightly answer that it does not know the name.
 */
export function hasHyperparameter(dialect: DialectAxes, name: keyof Hyperparameters): boolean {
  switch (name) {
    case "eps":
      return dialect.epsilon !== "none";
    case "momentum":
      return dialect.momentum !== "none";
    case "weight_decay":
      return dialect.weightDecay !== "none";
    case "centered":
      return dialect.centered === "optional";
    case "maximize":
      return dialect.maximize !== "never";
    case "lr_decay":
      return dialect.lrDecay !== "never";
    case "clip_value":
      return dialect.clipping !== "never";
    default:
      return true;
  }
}

/** The same program without the hyperparameters that the dialect does not have. */
export function withKnownHyperparameters(program: Program, dialect: DialectAxes): Program {
  const operations = program.operations.flatMap((operation): Operation[] => {
    if (operation.op === "init") {
      const groups = operation.groups.map((group) => ({
        ...group,
        hyperparameters: known(group.hyperparameters, dialect),
      }));
      return [{ ...operation, groups }];
    }
    if (operation.op !== "set") return [operation];
    const hyperparameters = known(operation.hyperparameters, dialect);
    const isEmptied =
      Object.keys(hyperparameters).length === 0 && Object.keys(operation.hyperparameters).length > 0;
    return isEmptied ? [] : [{ ...operation, hyperparameters }];
  });
  return { ...program, operations };
}

function known(given: ProgramHyperparameters, dialect: DialectAxes): ProgramHyperparameters {
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => hasHyperparameter(dialect, name as keyof Hyperparameters)),
  );
}
