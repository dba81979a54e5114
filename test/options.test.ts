import { runInNewContext } from "node:vm";
import { ArgError, nn, tensor } from "simdgrad";
import { describe, expect, it } from "vitest";
import { describe as describeValue } from "../src/errors.js";
import { readOptions } from "../src/options.js";

const DEFAULTS = { size: 1, padding: 0, seed: undefined as number | undefined };
const read = (given: unknown): typeof DEFAULTS => readOptions("pool", given, DEFAULTS);

describe("readOptions", () => {
  it.each<[string, unknown, object]>([
    ["nothing", undefined, DEFAULTS],
    ["an empty object", {}, DEFAULTS],
    ["some of them", { padding: 2 }, { ...DEFAULTS, padding: 2 }],
    ["undefined, which is the default", { size: undefined, seed: 3 }, { ...DEFAULTS, seed: 3 }],
    ["an object without a prototype", Object.assign(Object.create(null), { size: 5 }), { ...DEFAULTS, size: 5 }],
    ["an object of another realm", runInNewContext("({ size: 4 })"), { ...DEFAULTS, size: 4 }],
  ])("takes %s", (_, given, options) => {
    expect(read(given)).toEqual(options);
  });

  it.each<[unknown, string]>([
    [2, "2"],
    [null, "null"],
    [false, "false"],
    ["same", '"same"'],
    [[1, 2], "an array"],
    [Symbol("x"), "a symbol"],
    [3n, "3n"],
    [() => 1, "a function"],
    [new Map(), "a Map"],
    [tensor([1]), "a Tensor"],
    [new nn.ReLU(), "a ReLU"],
    [Float32Array.of(1), "a Float32Array"],
  ])("refuses %s in their place", (given, words) => {
    expect(() => read(given)).toThrow(ArgError);
    expect(() => read(given)).toThrow(`pool: options go into one object with size, padding, seed; got ${words}`);
  });

  it.each(["pad", "toString", "__proto__x"])("refuses the unknown name %s", (name) => {
    expect(() => read({ [name]: 1 })).toThrow(ArgError);
    expect(() => read({ [name]: 1 })).toThrow(`pool: there is no option "${name}", only size, padding, seed`);
  });
});

describe("describe", () => {
  it.each<[unknown, string]>([
    [undefined, "undefined"],
    [-0, "0"],
    [{}, "an object"],
    [Object.create(null), "an object"],
    [{ constructor: 3 }, "an object"],
    [new Int8Array(1), "an Int8Array"],
    [new Uint8Array(1), "a Uint8Array"],
    [runInNewContext("new Float32Array(1)"), "a Float32Array"],
    ["a".repeat(50), `"${"a".repeat(37)}..."`],
  ])("%o", (value, words) => {
    expect(describeValue(value)).toBe(words);
  });
});
