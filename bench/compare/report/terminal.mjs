// The table as it grows, in columns of fixed width.

const NUMBER = 16;
const REFERENCE = 58;

/** @param {readonly { name: string }[]} rows */
export function terminalTable(rows) {
  const names = Math.max(...rows.map(({ name }) => name.length)) + 1;
  const line = ([name, unit, ...rest]) => {
    const [times, [reference, goal]] = [rest.slice(0, -2), rest.slice(-2)];
    const cells = times.map((cell) => cell.padStart(NUMBER)).join("");
    return `${name.padEnd(names)}${unit.padStart(2)}${cells}  ${reference.padEnd(REFERENCE)}  ${goal}`.trimEnd();
  };
  return {
    line,
    group: (title) => `\n${title}`,
  };
}
