/** The known name that is nearest to a wrong one, if any is near: no more than a third of it has to be changed. */
export function nearestName(wrong: string, known: readonly string[]): string | undefined {
  const distances = known.map((name) => editDistance(wrong, name));
  const least = Math.min(...distances);
  const limit = Math.max(1, Math.floor(wrong.length / 3));
  return least <= limit ? known[distances.indexOf(least)] : undefined;
}

/** Levenshtein's distance: how many characters have to be put in, left out or replaced. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, previous[j] + 1, row[j - 1] + 1));
    }
    previous = row;
  }
  return previous[b.length];
}
