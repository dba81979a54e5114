// Rows of float64 in scratch, in which the decompositions compute: inputs and results are float32. Addresses are bytes, n counts elements.

// The functions are long enough that the compiler does not copy them to where they are called.

/** The sum of x[i] * y[i]. */
export function dot(x: usize, y: usize, n: i32): f64 {
  let a = f64x2.splat(0);
  let b = a;
  for (; n >= 4; n -= 4, x += 32, y += 32) {
    a = f64x2.add(a, f64x2.mul(v128.load(x), v128.load(y)));
    b = f64x2.add(b, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
  }
  a = f64x2.add(a, b);
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; n > 0; n--, x += 8, y += 8) sum += load<f64>(x) * load<f64>(y);
  return sum;
}

/** y[i] += c * x[i] */
export function addTimes(x: usize, y: usize, n: i32, c: f64): void {
  const cs = f64x2.splat(c);
  for (; n >= 4; n -= 4, x += 32, y += 32) {
    const a = f64x2.add(v128.load(y), f64x2.mul(cs, v128.load(x)));
    const b = f64x2.add(v128.load(y, 16), f64x2.mul(cs, v128.load(x, 16)));
    v128.store(y, a);
    v128.store(y, b, 16);
  }
  for (; n > 0; n--, x += 8, y += 8) store<f64>(y, load<f64>(y) + c * load<f64>(x));
}

/** (x[i], y[i]) = (c * x[i] - s * y[i], s * x[i] + c * y[i]). With c = 0 and s = 1 the rows change places, one of them with its sign changed. */
export function rotate(x: usize, y: usize, n: i32, c: f64, s: f64): void {
  const cs = f64x2.splat(c);
  const ss = f64x2.splat(s);
  for (; n >= 2; n -= 2, x += 16, y += 16) {
    const a = v128.load(x);
    const b = v128.load(y);
    v128.store(x, f64x2.sub(f64x2.mul(cs, a), f64x2.mul(ss, b)));
    v128.store(y, f64x2.add(f64x2.mul(ss, a), f64x2.mul(cs, b)));
  }
  if (n > 0) {
    const a = load<f64>(x);
    const b = load<f64>(y);
    store<f64>(x, c * a - s * b);
    store<f64>(y, s * a + c * b);
  }
}

/**
 * Reads a matrix [rows, n] of floats, whose rows are `rs` bytes apart and columns `cs`, to rows at w, `stride` bytes apart; or, unless c is 0,
 * writes c times the rows to the matrix, each element rounded once.
 */
export function convert(w: usize, stride: i32, x: usize, rs: i32, cs: i32, rows: i32, n: i32, c: f64): void {
  for (; rows > 0; rows--, w += stride, x += rs) {
    let at = w;
    let element = x;
    if (c == 0) {
      for (let j = n; j > 0; j--, at += 8, element += cs) store<f64>(at, <f64>load<f32>(element));
    } else {
      for (let j = n; j > 0; j--, at += 8, element += cs) store<f32>(element, <f32>(c * load<f64>(at)));
    }
  }
}

@inline
export function widen(x: usize, rs: i32, cs: i32, w: usize, stride: i32, rows: i32, n: i32): void {
  convert(w, stride, x, rs, cs, rows, n, 0);
}

/** The identity [n, n]; rows have `width` elements. */
export function identity(w: usize, n: i32, width: i32): void {
  memory.fill(w, 0, (n * width) << 3);
  for (let i = 0; i < n; i++) store<f64>(w + ((i * width + i) << 3), 1);
}
