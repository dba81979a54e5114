// The 4x4 transpose in registers.

/**
 * Row `row`, a constant, of the matrix whose columns are a, b, c and d: lane `row` of each.
 * The compiler computes the shuffles that the four rows have in common once: eight shuffles for a whole transpose.
 */
@inline
export function transposedRow(a: v128, b: v128, c: v128, d: v128, row: i32): v128 {
  const ab = row < 2 ? v128.shuffle<i32>(a, b, 0, 4, 1, 5) : v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd = row < 2 ? v128.shuffle<i32>(c, d, 0, 4, 1, 5) : v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  return row % 2 == 0 ? v128.shuffle<i64>(ab, cd, 0, 2) : v128.shuffle<i64>(ab, cd, 1, 3);
}
