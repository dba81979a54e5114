// Kernels as text: what comes out is what the compiler wrote.
import { readFileSync } from "node:fs";
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { encodeDelta } from "../../scripts/delta.mjs";
import { base64, packText } from "../../scripts/pack.mjs";
import { kernelBytes } from "../../src/wasm/modules/inline.js";
import { type Packed, unpack } from "../../src/wasm/modules/unpack.js";
import { randomValues } from "../assembly/harness.js";

test.each(["baseline", "relaxed"] as const)("the %s build comes out byte for byte", (build) => {
  expect(Buffer.compare(kernelBytes(build), readFileSync(`build/${build}.wasm`))).toBe(0);
});

const bytes = (n: number, seed: number, values = 256): Buffer => Buffer.from(randomValues(n, seed, 0, values).map(Math.floor));

/** Bytes that repeat themselves near and far, in runs of all lengths. */
function repetitive(n: number, seed: number): Buffer {
  const numbers = randomValues(3 * n, seed, 0, 1);
  const out: number[] = [];
  for (let i = 0; out.length < n; i += 3) {
    const [kind, where, length] = numbers.subarray(i, i + 3) as unknown as [number, number, number];
    if (kind < 0.3 || out.length === 0) out.push(Math.floor(256 * where));
    else {
      const distance = 1 + Math.floor((kind < 0.6 ? 8 : Math.min(out.length, 32_768)) * where);
      for (let run = 1 + Math.floor(300 * length ** 4); run > 0; run--) out.push(out[Math.max(0, out.length - distance)] as number);
    }
  }
  return Buffer.from(out.slice(0, n));
}

const SAMPLES: readonly (readonly [string, Buffer])[] = [
  ["nothing", Buffer.alloc(0)],
  ["one byte", Buffer.of(7)],
  ["one byte many times", Buffer.alloc(100_000, 3)],
  ["every byte", Buffer.from([...Array(256).keys()])],
  ["noise", bytes(70_000, 5)],
  ["noise of few values", bytes(50_000, 6, 5)],
  ["repetitions", repetitive(200_000, 7)],
  ["this file", readFileSync("test/wasm/modules.test.ts")],
];

describe("texts give the bytes back", () => {
  const there = (size: number, text: string): Uint8Array => unpack({ text, size });

  test.each(SAMPLES)("as the build packs them: %s", (_, sample) => {
    const text = packText(sample);
    expect(text).toMatch(/^[A-Za-z0-9+/]*$/);
    expect(Buffer.compare(there(sample.length, text), sample)).toBe(0);
  });

  // Whatever a compressor may choose: bytes as they are, the fixed code, codes of its own, with and without repetitions.
  const ways = {
    stored: { level: 0 },
    fixed: { strategy: constants.Z_FIXED },
    codes: { strategy: constants.Z_HUFFMAN_ONLY },
    best: { level: 9 },
  };
  test.each(Object.entries(ways))("of each kind of block: %s", (_, options) => {
    for (const [name, sample] of SAMPLES) {
      for (const memLevel of [1, 9]) {
        const text = base64(deflateRawSync(sample, { ...options, memLevel }));
        expect(Buffer.compare(there(sample.length, text), sample), `${name}, ${memLevel}`).toBe(0);
      }
    }
  });
});

describe("differences", () => {
  const packed = (part: Buffer): Packed => ({ text: packText(part), size: part.length });
  const there = (base: Buffer, target: Buffer): Uint8Array =>
    unpack(packed(base), { delta: packed(encodeDelta(base, target)), size: target.length });

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
