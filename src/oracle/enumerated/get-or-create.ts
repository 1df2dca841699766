/** The value of a key; one that is absent is made, and kept. */
export function getOrCreate<K, V>(values: Map<K, V>, key: K, make: () => V): V {
  const present = values.get(key);
  if (present !== undefined) return present;
  const made = make();
  values.set(key, made);
  return made;
}
