// What a float32 sum of products may lose against its float64 truth.

/**
 * The largest error of `got`, in units of what a sum may lose whose products add up to `sizes` in absolute value.
 * NaN where only one of the two is NaN.
 */
export function worst(got: Float32Array, truth: Float64Array, sizes: Float64Array): number {
  let most = 0;
  for (let i = 0; i < truth.length; i++) {
    const error = Math.abs((got[i] as number) - (truth[i] as number)) / (1e-7 + 1e-6 * (sizes[i] as number));
    if (!(error <= most)) most = error;
  }
  return most;
}
