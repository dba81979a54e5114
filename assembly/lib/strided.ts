// A load of four floats at equal distances, as a window with a stride needs it.

/** x[0], x[step], x[2 * step], x[3 * step]; step > 0 counts floats. Nothing past the last one is read. */
@inline
export function loadEvery(x: usize, step: i32): v128 {
  if (step == 1) return v128.load(x);
  if (step == 2) return v128.shuffle<f32>(v128.load(x), v128.load(x, 12), 0, 2, 5, 7);
  const bytes = <usize>step << 2;
  let v = v128.load32_zero(x);
  v = v128.load_lane<f32>((x += bytes), v, 1);
  v = v128.load_lane<f32>((x += bytes), v, 2);
  return v128.load_lane<f32>(x + bytes, v, 3);
}
