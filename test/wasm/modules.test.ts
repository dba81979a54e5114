// Kernels as text: what comes out is what the compiler wrote.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encodeDelta } from "../../scripts/delta.mjs";
import { encodeTexts } from "../../scripts/text.mjs";
import { applyDelta } from "../../src/wasm/modules/delta.js";
import { kernelBytes } from "../../src/wasm/modules/inline.js";
import { decodeText } from "../../src/wasm/modules/text.js";
import { randomValues } from "../assembly/harness.js";

test.each(["baseline", "relaxed"] as const)("the %s build comes out byte for byte", (build) => {
  expect(Buffer.compare(kernelBytes(build), readFileSync(`build/${build}.wasm`))).toBe(0);
});

const bytes = (n: number, seed: number, values = 256): Buffer => Buffer.from(randomValues(n, seed, 0, values).map(Math.floor));

test("texts give every byte value back, and need no escape in a literal or a <script> element", () => {
  const parts = [Buffer.from([...Array(256).keys()]), bytes(5000, 5, 20), bytes(0, 6), bytes(3000, 7)];
  const { alphabet, texts } = encodeTexts(parts);
  parts.forEach((part, i) => {
    const text = texts[i] as string;
    expect(text).toMatch(/^[ !#%&(-;=-[\]-_a-~]*$/);
    expect(Buffer.compare(decodeText(text, alphabet), part)).toBe(0);
  });
});

describe("differences", () => {
  const there = (base: Buffer, target: Buffer): Uint8Array => applyDelta(base, encodeDelta(base, target), target.length);

  test.each([0, 1, 7, 8, 9, 100, 5000])("of unrelated bytes, %i of them", (n) => {
    expect(Buffer.compare(there(bytes(300, 1), bytes(n, 2)), bytes(n, 2))).toBe(0);
  });

  test("of edited bytes: insertions, deletions, moves", () => {
    const base = bytes(4000, 3, 9);
    const target = Buffer.concat([
      base.subarray(2000, 3000),
      bytes(50, 4),
      base.subarray(0, 1500),
      base.subarray(1503, 2500),
      base.subarray(3990),
    ]);
    expect(Buffer.compare(there(base, target), target)).toBe(0);
    expect(encodeDelta(base, target).length).toBeLessThan(120);
  });
});
