import { MAX_FLOAT32, MIN_NORMAL } from "../../float32/bits.js";
import { type Tensor, vector } from "../../program/tensor.js";
import { expectParameters, expectUnsupported } from "./expect-reply.js";
import type { ProtocolClient } from "./protocol-client.js";
import { demandDomain, type SmokeCase } from "./smoke-case.js";
import { echoProgram, missingGradientProgram, unmovedProgram } from "./smoke-programs.js";

/** Both zeros, subnormals, the ends of the normal range, infinities, NaNs, and bytes that show their order. */
const PATTERNS = Uint32Array.of(
  ...[0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007fffff, 0x807fffff, 0x00800000, 0x7f7fffff],
  ...[0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001, 0x7fc12345, 0x3f800000],
  ...[0xbf800000, 0x3f800001, 0x33800000, 0x01020304, 0x55555555, 0xaaaaaaaa],
);

const allBits: Tensor = { shape: [PATTERNS.length], values: new Float32Array(PATTERNS.buffer) };

/** More than a vector register or a thread block takes, and a prime. */
const MANY = 1031;

/** Elements whose encoding alone has 2^20 characters. */
const LONG = { base64: (2 ** 20 / 4) * (3 / 4), hex: 2 ** 20 / 8 } as const;

function counting(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => i - 500.25);
}

/** Tensors come and go whole. */
export const VALUE_CASES: readonly SmokeCase[] = [
  echoCase(
    "bit-patterns",
    "Every bit pattern comes back as it went out; a NaN may come back as another NaN.",
    allBits,
  ),
  echoCase("no-elements", "A tensor without elements keeps its shape.", {
    shape: [0],
    values: new Float32Array(0),
  }),
  echoCase("no-dimensions", "A tensor of shape [] has one element and keeps its shape.", {
    shape: [],
    values: Float32Array.of(0.1),
  }),
  echoCase("two-dimensions", "A tensor of shape [2, 3] keeps its shape and order.", {
    shape: [2, 3],
    values: Float32Array.of(1, 2, 3, 4, 5, 6),
  }),
  echoCase("many-elements", `A tensor of ${MANY} elements comes back whole.`, {
    shape: [MANY],
    values: counting(MANY),
  }),
  {
    id: "long-line",
    says: "A line of 1 MiB is read and written.",
    async check({ client, hello, dialect }) {
      await expectEcho(client, dialect, vector(counting(LONG[hello.encodings?.[0] ?? "base64"])));
    },
  },
  {
    id: "zero-rate",
    says: "A step with lr = 0 leaves every bit of the parameter as it was.",
    async check(context) {
      const { client, dialect } = context;
      // No zeros and no subnormals: -0 - (-0) is +0, and a subnormal may be flushed.
      const parameter = vector([1, -2.5, 0.1, MAX_FLOAT32, -MIN_NORMAL]);
      const program = unmovedProgram(dialect, parameter, vector([1, -1, 0.5, 2, -3]));
      const reply = await client.runProgram(demandDomain(program, context));
      expectParameters(reply, [parameter], "Programs");
    },
  },
  {
    id: "missing-gradient",
    says: "A parameter without a gradient stays as it was where missing-gradient is declared; else it is unsupported.",
    async check({ client, hello, dialect }) {
      const [moving, still] = [vector([1, 2]), vector([0.1, -2.5, 3])];
      const reply = await client.runProgram(missingGradientProgram(dialect, moving, still));
      if (hello.capabilities.includes("missing-gradient"))
        expectParameters(reply, [undefined, still], "Programs");
      else expectUnsupported(reply, "missing-gradient", "Capabilities");
    },
  },
];

function echoCase(id: string, says: string, parameter: Tensor): SmokeCase {
  return {
    id,
    says,
    check: ({ client, dialect }) => expectEcho(client, dialect, parameter),
  };
}

async function expectEcho(client: ProtocolClient, dialect: string, parameter: Tensor): Promise<void> {
  const reply = await client.runProgram(echoProgram(dialect, parameter));
  expectParameters(reply, [parameter], "Values");
}
