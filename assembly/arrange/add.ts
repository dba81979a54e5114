// A strided sum: out[sum i*os] += x[sum i*xs] for every index below d0..d3, float32. The letters are those of move/copy.ts. Places of out may
// overlap; terms are added in the order of the indices.

export function addStrided(
  x: usize, out: usize, d0: i32, d1: i32, d2: i32, d3: i32,
  xs0: i32, xs1: i32, xs2: i32, xs3: i32, os0: i32, os1: i32, os2: i32, os3: i32,
): void {
  for (let i = 0; i < d0; i++) {
    for (let j = 0; j < d1; j++) {
      for (let k = 0; k < d2; k++) {
        let from = x + (<usize>(i * xs0 + j * xs1 + k * xs2) << 2);
        let to = out + (<usize>(i * os0 + j * os1 + k * os2) << 2);
        let l = 0;
        if (xs3 == 1 && os3 == 1) {
          for (; l + 4 <= d3; l += 4, from += 16, to += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
        }
        for (; l < d3; l++, from += <usize>xs3 << 2, to += <usize>os3 << 2) store<f32>(to, load<f32>(to) + load<f32>(from));
      }
    }
  }
}
