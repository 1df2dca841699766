import { isDeepStrictEqual } from "node:util";
import type { Reply } from "../../adapter/reply.js";
import { encodeProgram } from "../../program/program-codec.js";
import { vector } from "../../program/tensor.js";
import { expectParameters, expectUnsupported } from "./expect-reply.js";
import type { WireCase } from "./protocol-client.js";
import { demandDomain, type SmokeCase, type SmokeContext } from "./smoke-case.js";
import { echoProgram, negativeRateProgram, steppingProgram } from "./smoke-programs.js";
import { Unexpected } from "./unexpected.js";

/** What an adapter of this version cannot know. */
const UNKNOWN_FIELD = { unknownField: { of: ["anything", 0.5, null] } };

/** Names that are not in any order, and that have to be escaped or encoded. */
const NAMES = ["z", "10", "9", 'é "\\', "a.b/c"];

/** Requests and replies: order, names, ids, what is not known, and nothing carried over. */
export const MESSAGE_CASES: readonly SmokeCase[] = [
  {
    id: "case-order",
    says: "Several cases in one request are answered in order, each under its name.",
    async check({ client, dialect }) {
      const parameters = NAMES.map((_, k) => vector([k + 1]));
      const replies = await client.run(
        NAMES.map((name, k) => ({ case: name, program: encodeProgram(echoProgram(dialect, parameters[k])) })),
      );
      for (const [k, reply] of replies.entries()) expectParameters(reply, [parameters[k]], "run");
    },
  },
  {
    id: "large-id",
    says: "An id of 2^53 - 1, the largest that every JSON parser keeps, is repeated.",
    async check({ client, dialect }) {
      const program = encodeProgram(echoProgram(dialect, vector([1])));
      await client.runOnce([{ case: "it", program }], { id: Number.MAX_SAFE_INTEGER });
    },
  },
  {
    id: "unknown-fields",
    says: "Fields that it does not know are ignored in the message, the case, the program and its operations.",
    async check({ client, dialect }) {
      const parameter = vector([0.1, -3]);
      const program = encodeProgram(echoProgram(dialect, parameter));
      const operations = program.operations.map((operation) => ({ ...operation, ...UNKNOWN_FIELD }));
      const one = { case: "it", program: { ...program, operations, ...UNKNOWN_FIELD }, ...UNKNOWN_FIELD };
      const [reply] = await client.runOnce([one], UNKNOWN_FIELD);
      expectParameters(reply, [parameter], "Requests");
    },
  },
  {
    id: "unknown-operation",
    says: "An operation that it does not know is unsupported, by the operation's name.",
    async check({ client, dialect }) {
      const program = encodeProgram(echoProgram(dialect, vector([1])));
      const [init, observe] = program.operations;
      const operations = [init, { op: "rewind", steps: 1 }, observe];
      const [reply] = await client.run([{ case: "it", program: { ...program, operations } }]);
      expectUnsupported(reply, "rewind", "run");
    },
  },
  {
    id: "unknown-dialect",
    says: "A dialect that it does not claim is unsupported, as dialect.",
    async check({ client }) {
      const reply = await client.runProgram(echoProgram("no-such-dialect", vector([1])));
      expectUnsupported(reply, "dialect", "run");
    },
  },
  {
    id: "refusal",
    says: "A learning rate of -1 may be refused; the cases and requests after it are answered.",
    async check({ client, dialect }) {
      const parameter = vector([0.1, -3]);
      const refused = { case: "refused", program: encodeProgram(negativeRateProgram(dialect)) };
      const after = { case: "after", program: encodeProgram(echoProgram(dialect, parameter)) };
      const [, reply] = await client.run([refused, after]);
      expectParameters(reply, [parameter], "run");
      const [later] = await client.run([after]);
      expectParameters(later, [parameter], "run");
    },
  },
  {
    id: "isolation-in-request",
    says: "A case has the same result before and after another case of the request.",
    async check(context) {
      const [first, , again] = await context.client.run(interrupted(context));
      expectSame(first, again);
    },
  },
  {
    id: "isolation-between-requests",
    says: "A case has the same result before and after another request.",
    async check(context) {
      const replies: Reply[] = [];
      for (const one of interrupted(context)) replies.push(...(await context.client.run([one])));
      const [first, , again] = replies;
      expectSame(first, again);
    },
  },
];

/** A case, another one that could leave something behind, and the first one again. */
function interrupted(context: SmokeContext): WireCase[] {
  const { dialect, hello } = context;
  const { capabilities } = hello;
  // Without a claim of determinism, only what no rounding touches can be compared.
  const deterministic = capabilities.includes("deterministic");
  const stepping = (lr: number, ...gradients: number[][]) =>
    encodeProgram(
      demandDomain(
        steppingProgram(
          dialect,
          deterministic ? lr : 0,
          gradients,
          deterministic && capabilities.includes("state"),
        ),
        context,
      ),
    );
  const program = stepping(0.25, [1, -2, 0.5]);
  return [
    { case: "first", program },
    { case: "between", program: stepping(0.5, [30, 7, -5], [11, -13, 3]) },
    { case: "again", program },
  ];
}

function expectSame(first: Reply, again: Reply): void {
  if (first.status !== "ok") throw new Unexpected('status "ok"', "run");
  if (!isDeepStrictEqual(first, again)) {
    throw new Unexpected(
      "the same result for the cases first and again, which have the same program",
      "Process",
    );
  }
}
