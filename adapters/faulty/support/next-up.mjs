const value = new Float32Array(1);
const bits = new Int32Array(value.buffer);

/** The float32 after a positive one; anything else, infinity included, as it is. */
export function nextUp(x) {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return x;
  value[0] = x;
  bits[0]++;
  return value[0];
}
