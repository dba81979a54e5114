// The page of all layers names every layer once, with the keys of its state dict.
import { readFileSync } from "node:fs";
import { nn } from "simdgrad";
import { describe, expect, it } from "vitest";
import { everyLayer } from "../nn/everyLayer.js";

const page = readFileSync("docs/layers.md", "utf8");

/** The cells of each row of the tables, by the layers that it names. */
const rows = new Map<string, string[]>();
const twice: string[] = [];
for (const line of page.split("\n").filter((text) => text.startsWith("| `"))) {
  const cells = line.replaceAll("\\|", "/").split("|").slice(1, -1);
  for (const [, name] of (cells[0] as string).matchAll(/`(\w+)`/g) as Iterable<RegExpMatchArray>) {
    if (rows.has(name as string)) twice.push(name as string);
    rows.set(
      name as string,
      cells.map((cell) => cell.trim()),
    );
  }
}

const layers = Object.entries(nn).flatMap(([name, value]) =>
  typeof value === "function" && value.prototype instanceof nn.Module ? [name] : [],
);

describe("docs/layers.md", () => {
  it("has one row for every layer", () => {
    expect([[...rows.keys()].sort(), twice]).toEqual([layers.sort(), []]);
  });

  it("fills the cells of each row", () => {
    for (const [name, cells] of rows) {
      expect([name, cells.length]).toEqual([name, 5]);
      expect([name, cells[1] !== "", /^(same$|none)/.test(cells[4] as string)]).toEqual([name, true, true]);
      if (!/have no call/.test(cells[1] as string)) expect([name, cells[2] !== ""]).toEqual([name, true]);
    }
  });

  it.each(layers)("has the state-dict keys of %s", (name) => {
    const cell = (rows.get(name) as string[])[3] as string;
    const keys = Object.keys(everyLayer[name]?.make().stateDict() ?? {});
    const ofParts = /^its /.test(cell);
    for (const key of keys.map((path) => (path.split(".")[0] as string).replace(/_l\d+(_reverse)?$/, "_lk")))
      if (!ofParts) expect(cell).toContain(`\`${key}\``);
    if (cell === "") expect(keys).toEqual([]);
    else if (!/with `affine`/.test(cell)) expect(keys.length).toBeGreaterThan(0);
  });
});
