/** A hexadecimal floating-point literal of C, read again. */
export function parsedHexadecimal(text: string): number {
  const match = /^(-?)0x([01])(?:\.([0-9a-f]+))?p([+-]\d+)$/.exec(text);
  if (!match) throw new Error(`no hexadecimal literal: ${text}`);
  const [, sign, whole, digits = "", exponent] = match;
  const magnitude =
    (Number(whole) + Number.parseInt(digits || "0", 16) / 16 ** digits.length) * 2 ** Number(exponent);
  return sign ? -magnitude : magnitude;
}
