/**
 * The smallest of some numbers that at least this share of them do not exceed.
 * @param sorted at least one number, lowest first
 * @param share in (0, 1]
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1];
}
