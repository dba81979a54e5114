// The tables of names keep up with the package: what is on the right exists and runs, what is said not to be there is not.
import { beforeAll, describe, expect, test } from "vitest";
import { mistakesIn, type Row, rowsOf } from "./names.js";

/** Tables, and how many rows each page has at least. */
const PAGES = { "docs/from-pytorch.md": 120, "docs/from-tensorflow.md": 80, "docs/not-there.md": 34 };

const wrong = (works: readonly string[], absent: readonly string[] = []): Row => ({ place: "wrong", theirs: "wrong", works, absent });
/** Rows that must be found out. */
const WRONG = [
  wrong(["x.softmaxx(1)"]),
  wrong(["nn.Linera"]),
  wrong(["x.sum({ dims: 1 })"]),
  wrong(["x.reshape([7])"]), // the types fit
  wrong([], ["nn.Linear"]),
  wrong([], ["x.relu"]),
  wrong([], ["nn.relu6"]),
  wrong([], ["MAXPOOL2D"]),
  wrong([], ["x.relu(1, 2, 3)"]), // no such call, but not for its name
];

const rows = Object.keys(PAGES).map((page) => ({ page, rows: rowsOf(page) }));
let mistakes: readonly string[];

beforeAll(async () => {
  mistakes = await mistakesIn([...rows.flatMap(({ rows }) => rows), ...WRONG]);
});

describe.each(rows)("$page", ({ page, rows }) => {
  test("has a full table, every row with a name on the left and code on the right, none twice", () => {
    expect(rows.length).toBeGreaterThanOrEqual(PAGES[page as keyof typeof PAGES]);
    expect(rows.filter(({ theirs, works, absent }) => theirs === "" || works.length + absent.length === 0)).toEqual([]);
    const names = rows.map(({ theirs }) => theirs);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  test("is true", () => {
    expect(mistakes.filter((mistake) => mistake.startsWith(page))).toEqual([]);
  });
});

test("wrong rows are found out", () => {
  const found = mistakes.filter((mistake) => mistake.startsWith("wrong"));
  for (const { works, absent } of WRONG) for (const code of [...works, ...absent]) expect(found.join("\n")).toContain(`wrong: ${code}: `);
});
