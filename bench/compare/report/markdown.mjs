// The whole result as Markdown.

const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/**
 * @param {{ header: readonly string[], head: readonly string[], rows: readonly { group: string, cells: readonly string[] }[],
 *   footnotes: readonly string[] }} result
 */
export function markdown({ header, head, rows, footnotes }) {
  const body = rows.flatMap(({ group, cells }, i) => {
    const title = rows[i - 1]?.group === group ? [] : [line([`**${group}**`, ...Array(head.length - 1).fill("")])];
    return [...title, line(cells)];
  });
  const alignment = head.map((_, i) => (i > 1 && i < head.length - 2 ? "--:" : "---"));
  return [
    ...header.map((text) => `- ${text}`),
    "",
    line(head),
    line(alignment),
    ...body,
    "",
    ...footnotes.map((text) => `- ${text}`),
    "",
  ].join("\n");
}
