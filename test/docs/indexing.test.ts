// Every expression in the tables of docs/indexing.md runs, and gives the shape that the table says.
import { readFileSync } from "node:fs";
import { arange, ones, scope, type Tensor, tensor, where } from "simdgrad";
import { expect, test } from "vitest";

function given() {
  const int = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" });
  const x = arange(12).reshape(4, 3).clone();
  return {
    ...{ x, y: arange(24).reshape(2, 4, 3), i: int([1, 0]), j: int([0, -1]), k: int([[1], [0]]) },
    ...{ m: tensor([true, false, true, true]), mask: x.gt(6), ones, tensor, where },
  };
}

const page = readFileSync("docs/indexing.md", "utf8");
const rows = [...page.matchAll(/^\| `.*` \|$/gm)].map(([row]) => row.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
const codeIn = (cell = ""): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
const cases = rows
  .filter(([, here]) => here?.includes("("))
  .flatMap(([, here, shape]) => codeIn(here).map((code) => [code, shape ? codeIn(shape)[0] : "[4, 3]"] as const));

test("the tables are found", () => expect(cases.length).toBeGreaterThan(45));

test.each(cases)("%s", (code, shape) => {
  scope(() => {
    const values = given();
    const run = new Function(...Object.keys(values), `return ${code};`) as (...args: unknown[]) => Tensor;
    expect(JSON.stringify(run(...Object.values(values)).shape)).toBe(shape?.replaceAll(" ", ""));
  });
});
