// Tables as text.

/** Rows of cells as lines of columns with the width of their widest cell: those named in `left` to the left, the others to the right. */
export function alignColumns(rows: readonly (readonly string[])[], left: readonly number[]): string[] {
  const padded = (cell: string, c: number): string => {
    const width = Math.max(...rows.map((row) => (row[c] as string).length));
    return left.includes(c) ? cell.padEnd(width) : cell.padStart(width);
  };
  return rows.map((row) => row.map(padded).join("  "));
}
