import { z } from "zod";

const VIEW = new DataView(new ArrayBuffer(8));

/** The sixteen hex digits of a binary64, most significant first. */
export function hexOfBinary64(x: number): string {
  VIEW.setFloat64(0, x);
  return VIEW.getBigUint64(0).toString(16).padStart(16, "0");
}

/** The binary64 that has these sixteen hex digits. */
export function binary64FromHex(hex: string): number {
  VIEW.setBigUint64(0, BigInt(`0x${hex}`));
  return VIEW.getFloat64(0);
}

const wire = z
  .string(
    'expected 16 hex digits of a binary64 in a string; a JSON number loses NaN, -0 and the last bits (0.5 is "3fe0000000000000")',
  )
  .regex(/^[0-9a-f]{16}$/, "expected exactly 16 lower-case hex digits of a binary64")
  .meta({ id: "Scalar", description: "A binary64 as 16 lower-case hex digits, most significant first" });

/** Wire and memory form of a hyperparameter: 16 hex digits and a number. */
export const scalarCodec = z.codec(
  wire,
  z.custom<number>((x) => typeof x === "number", "expected a number"),
  {
    decode: binary64FromHex,
    encode: hexOfBinary64,
  },
);
