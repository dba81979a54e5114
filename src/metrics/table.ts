// Text tables for a terminal.

/** Columns padded to their widest cell: the first to the left, the others to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, c) => all.reduce((most, row) => Math.max(most, (row[c] ?? "").length), 0));
  const line = (row: readonly string[]): string =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] as number) : cell.padStart(widths[c] as number))).join("  ");
  return all.map((row) => line(row).trimEnd()).join("\n");
}
