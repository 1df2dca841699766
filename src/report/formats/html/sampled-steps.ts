/** Steps to show of many: 1, 2, 5, 10, 20, 50 … and the last one. */
export function sampledSteps(count: number): number[] {
  const steps: number[] = [];
  for (let decade = 1; decade <= count; decade *= 10)
    for (const factor of [1, 2, 5]) if (factor * decade <= count) steps.push(factor * decade);
  if (count > 0 && steps.at(-1) !== count) steps.push(count);
  return steps;
}
