export type Point = readonly [x: number, y: number];

/** The part of the plane that is drawn. */
export interface Frame {
  readonly low: Point;
  readonly high: Point;
}

/** Contours of one plot. */
const LEVELS = 9;
/** Corners of the polygon that stands for an ellipse. */
const CORNERS = 240;
/** Room around the paths, as a part of their extent. */
const MARGIN = 0.07;

/** The part of the plane in which all points lie, and the minimum at the origin. */
export function frameOf(points: readonly Point[]): Frame {
  const extent = (axis: 0 | 1): [number, number] => {
    let [low, high] = [0, 0];
    for (const point of points) {
      low = Math.min(low, point[axis]);
      high = Math.max(high, point[axis]);
    }
    const margin = (high - low) * MARGIN || 1;
    return [low - margin, high + margin];
  };
  const [x, y] = [extent(0), extent(1)];
  return { low: [x[0], y[0]], high: [x[1], y[1]] };
}

/**
 * Contours of c₀·x² + c₁·y² inside a frame, evenly spaced in the root of the loss. Each is a list of points in which null
 * stands where the curve leaves the frame.
 */
export function levelEllipses([c0, c1]: readonly [number, number], { low, high }: Frame): (Point | null)[][] {
  const furthest = (axis: 0 | 1) => Math.max(low[axis] ** 2, high[axis] ** 2);
  const most = Math.sqrt(c0 * furthest(0) + c1 * furthest(1));
  return Array.from({ length: LEVELS }, (_, k) => {
    const radius = (most * (k + 1)) / (LEVELS + 1);
    return Array.from({ length: CORNERS + 1 }, (_, corner) => {
      const angle = (2 * Math.PI * corner) / CORNERS;
      const x = (radius / Math.sqrt(c0)) * Math.cos(angle);
      const y = (radius / Math.sqrt(c1)) * Math.sin(angle);
      return x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1] ? ([x, y] as const) : null;
    });
  });
}
