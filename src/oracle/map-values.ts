type Mapped<R, B> = { [K in keyof R]: B };

/** The same keys with other values; a key that is absent stays absent. */
export function mapValues<R extends object, B>(
  record: R,
  f: (value: NonNullable<R[keyof R]>, key: keyof R) => B,
): Mapped<R, B> {
  const entries = Object.entries(record).map(([key, value]) => [key, f(value, key as keyof R)] as const);
  return Object.fromEntries(entries) as Mapped<R, B>;
}
