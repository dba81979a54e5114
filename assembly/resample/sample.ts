// Weighted sums at places given by tensors: out[n, c, p] = sum over k of w[n, k, p] * x[n, c, index[n, k, p]], and its two gradients.
// x is [N, C, S], index (int32) and w are [N, K, P], out and g [N, C, P]. An index of -1 is a place outside of x, which holds 0.

export function sample(x: usize, index: usize, w: usize, out: usize, N: i32, C: i32, S: i32, K: i32, P: i32): void {
  const row = <usize>P << 2;
  for (let n = 0; n < N; n++, index += <usize>K * row, w += <usize>K * row) {
    for (let c = 0; c < C; c++, x += <usize>S << 2) {
      for (let p = 0; p < P; p++, out += 4) {
        let sum: f32 = 0;
        for (let k = 0, at = <usize>p << 2; k < K; k++, at += row) {
          const i = load<i32>(index + at);
          sum += load<f32>(w + at) * (i < 0 ? 0 : load<f32>(x + (<usize>i << 2)));
        }
        store<f32>(out, sum);
      }
    }
  }
}

/** dx[n, c, index[n, k, p]] += w[n, k, p] * g[n, c, p]; dx holds zeros before. Terms are added in the order of p. */
export function sampleGradX(g: usize, index: usize, w: usize, dx: usize, N: i32, C: i32, S: i32, K: i32, P: i32): void {
  const row = <usize>P << 2;
  for (let n = 0; n < N; n++, index += <usize>K * row, w += <usize>K * row) {
    for (let c = 0; c < C; c++, dx += <usize>S << 2) {
      for (let p = 0; p < P; p++, g += 4) {
        for (let k = 0, at = <usize>p << 2; k < K; k++, at += row) {
          const i = load<i32>(index + at);
          const to = dx + (<usize>i << 2);
          if (i >= 0) store<f32>(to, load<f32>(to) + load<f32>(w + at) * load<f32>(g));
        }
      }
    }
  }
}

/** dw[n, k, p] = sum over c of g[n, c, p] * x[n, c, index[n, k, p]] */
export function sampleGradW(g: usize, x: usize, index: usize, dw: usize, N: i32, C: i32, S: i32, K: i32, P: i32): void {
  for (let n = 0; n < N; n++, g += <usize>(C * P) << 2, x += <usize>(C * S) << 2) {
    for (let k = 0; k < K; k++) {
      for (let p = 0; p < P; p++, index += 4, dw += 4) {
        const i = load<i32>(index);
        let sum: f32 = 0;
        if (i >= 0) {
          for (let c = 0; c < C; c++) {
            sum += load<f32>(g + (<usize>(c * P + p) << 2)) * load<f32>(x + (<usize>(c * S + i) << 2));
          }
        }
        store<f32>(dw, sum);
      }
    }
  }
}
