/** 12,345 */
export function countText(count: number): string {
  return count.toLocaleString("en-US");
}

/** 1 case, 12,345 cases */
export function countedText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
