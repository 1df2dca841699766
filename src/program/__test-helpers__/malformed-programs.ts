/**
 * Programs that must be refused, each with the field that the error names: one table for the codec and for the
 * command line.
 */

/** Plain JSON, to be edited freely. */
// biome-ignore lint/suspicious/noExplicitAny: malformed programs have no type.
export type Wire = any;

const ONE = "AACAPw=="; // 1
const TWO = "AACAPwAAAEA="; // 1, 2
const HALF = "3fe0000000000000";

/** A valid program in its wire form with every operation, two groups and three parameters. */
export function validWire(): Wire {
  const vector = () => ({ shape: [2], data: TWO });
  const scalar = () => ({ shape: [], data: ONE });
  return {
    format: "rmsprop-program/1",
    dialect: "pytorch",
    operations: [
      {
        op: "init",
        groups: [
          { hyperparameters: { lr: HALF, centered: true }, parameters: [vector(), scalar()] },
          { hyperparameters: {}, parameters: [vector()] },
        ],
      },
      { op: "load", state: [{ parameter: 0, step: 3, square_avg: vector(), grad_avg: vector() }] },
      { op: "step", gradients: [vector(), null, vector()] },
      { op: "set", group: 1, hyperparameters: { lr: HALF, momentum: HALF } },
      { op: "checkpoint" },
      { op: "step", gradients: [vector(), scalar(), null] },
      { op: "observe", slots: ["parameter", "square_avg", "gradient"] },
    ],
  };
}

export interface Malformed {
  readonly what: string;
  readonly edit: (wire: Wire) => void;
  /** Where the error says it is. */
  readonly path: string;
  readonly expectedMessage: RegExp;
}

export const MALFORMED_PROGRAMS: readonly Malformed[] = [
  {
    what: "another format version",
    edit: (w) => {
      w.format = "rmsprop-program/2";
    },
    path: "format",
    expectedMessage: /rmsprop-program\/1/,
  },
  {
    what: "no operations",
    edit: (w) => {
      w.operations = [];
    },
    path: "operations",
    expectedMessage: />=1/,
  },
  {
    what: "operations that are no list",
    edit: (w) => {
      w.operations = { op: "init" };
    },
    path: "operations",
    expectedMessage: /array/,
  },
  {
    what: "a missing dialect",
    edit: (w) => {
      delete w.dialect;
    },
    path: "dialect",
    expectedMessage: /string/,
  },
  {
    what: "an unknown dialect",
    edit: (w) => {
      w.dialect = "torch";
    },
    path: "dialect",
    expectedMessage: /unknown dialect "torch"; known: .*pytorch/,
  },
  {
    what: "an unknown operation",
    edit: (w) => {
      w.operations[2].op = "stepp";
    },
    path: "operations[2].op",
    expectedMessage: /unknown op; known: init, load, step, set, checkpoint, observe/,
  },
  {
    what: "an operation without a name",
    edit: (w) => {
      delete w.operations[4].op;
    },
    path: "operations[4].op",
    expectedMessage: /missing or unknown op/,
  },
  {
    what: "an unknown field in an operation",
    edit: (w) => {
      w.operations[2].gradient = [];
    },
    path: "operations[2]",
    expectedMessage: /unknown field "gradient"/,
  },
  {
    what: "an unknown field in the program",
    edit: (w) => {
      w.note = "";
    },
    path: "",
    expectedMessage: /unknown field "note"/,
  },
  {
    what: "an unknown hyperparameter",
    edit: (w) => {
      w.operations[0].groups[1].hyperparameters.learning_rate = HALF;
    },
    path: "operations[0].groups[1].hyperparameters",
    expectedMessage: /unknown field "learning_rate"/,
  },
  {
    what: "a hyperparameter as a JSON number",
    edit: (w) => {
      w.operations[0].groups[0].hyperparameters.lr = 0.5;
    },
    path: "operations[0].groups[0].hyperparameters.lr",
    expectedMessage: /16 hex digits of a binary64 in a string/,
  },
  {
    what: "hex of the wrong length",
    edit: (w) => {
      w.operations[3].hyperparameters.lr = "3fe000000000000";
    },
    path: "operations[3].hyperparameters.lr",
    expectedMessage: /exactly 16 lower-case hex digits/,
  },
  {
    what: "a flag as a number",
    edit: (w) => {
      w.operations[0].groups[0].hyperparameters.centered = 1;
    },
    path: "operations[0].groups[0].hyperparameters.centered",
    expectedMessage: /boolean/,
  },
  {
    what: "base64 of the wrong length",
    edit: (w) => {
      w.operations[0].groups[0].parameters[0].data = ONE;
    },
    path: "operations[0].groups[0].parameters[0]",
    expectedMessage: /shape \[2\] needs 8 bytes, but the data has 4 bytes/,
  },
  {
    what: "text that is no base64",
    edit: (w) => {
      w.operations[5].gradients[0].data = "AACAPwAAAEA";
    },
    path: "operations[5].gradients[0]",
    expectedMessage: /not base64/,
  },
  {
    what: "a gradient of another shape",
    edit: (w) => {
      w.operations[5].gradients[0] = { shape: [1, 2], data: TWO };
    },
    path: "operations[5].gradients[0]",
    expectedMessage: /shape \[1, 2\], but parameter 0 has shape \[2\]/,
  },
  {
    what: "too few gradients",
    edit: (w) => {
      w.operations[2].gradients.pop();
    },
    path: "operations[2].gradients",
    expectedMessage: /2 gradients for 3 parameters/,
  },
  {
    what: "too many gradients",
    edit: (w) => {
      w.operations[2].gradients.push(null);
    },
    path: "operations[2].gradients",
    expectedMessage: /4 gradients for 3 parameters/,
  },
  {
    what: "no init",
    edit: (w) => {
      w.operations.shift();
    },
    path: "operations[0]",
    expectedMessage: /first operation must be init/,
  },
  {
    what: "a second init",
    edit: (w) => {
      w.operations.push(structuredClone(w.operations[0]));
    },
    path: "operations[7]",
    expectedMessage: /init may only be the first/,
  },
  {
    what: "set of a missing group",
    edit: (w) => {
      w.operations[3].group = 2;
    },
    path: "operations[3].group",
    expectedMessage: /no group 2; the program has 2/,
  },
  {
    what: "set of a negative group",
    edit: (w) => {
      w.operations[3].group = -1;
    },
    path: "operations[3].group",
    expectedMessage: />=0/,
  },
  {
    what: "load for a missing parameter",
    edit: (w) => {
      w.operations[1].state[0].parameter = 3;
    },
    path: "operations[1].state[0].parameter",
    expectedMessage: /no parameter 3; the program has 3/,
  },
  {
    what: "two loads of one parameter at once",
    edit: (w) => {
      w.operations[1].state.push(structuredClone(w.operations[1].state[0]));
    },
    path: "operations[1].state[1].parameter",
    expectedMessage: /parameter 0 is listed twice/,
  },
  ...["square_avg", "grad_avg"].map((slot) => ({
    what: `a loaded ${slot} of another shape`,
    edit: (w: Wire) => {
      w.operations[1].state[0][slot] = { shape: [], data: ONE };
    },
    path: `operations[1].state[0].${slot}`,
    expectedMessage: /shape \[\], but parameter 0 has shape \[2\]/,
  })),
  {
    what: "a loaded momentum buffer of another shape",
    edit: (w) => {
      w.operations[1].state[0].momentum_buffer = { shape: [1], data: ONE };
    },
    path: "operations[1].state[0].momentum_buffer",
    expectedMessage: /shape \[1\], but parameter 0 has shape \[2\]/,
  },
  {
    what: "a step count that is no integer",
    edit: (w) => {
      w.operations[1].state[0].step = 1.5;
    },
    path: "operations[1].state[0].step",
    expectedMessage: /int/,
  },
  {
    what: "an unknown slot",
    edit: (w) => {
      w.operations[6].slots = ["parameter", "step"];
    },
    path: "operations[6].slots[1]",
    expectedMessage: /square_avg/,
  },
  {
    what: "an observation of nothing",
    edit: (w) => {
      w.operations[6].slots = [];
    },
    path: "operations[6].slots",
    expectedMessage: />=1/,
  },
];
