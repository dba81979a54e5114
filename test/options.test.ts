import { runInNewContext } from "node:vm";
import { ArgError, nn, tensor } from "simdgrad";
import { describe, expect, it } from "vitest";
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

  it.each<[string, unknown]>([
    ["a number", 2],
    ["null", null],
    ["a boolean", false],
    ["text", "same"],
    ["an array", [1, 2]],
    ["a symbol", Symbol("x")],
    ["a bigint", 3n],
    ["a function", () => 1],
    ["a Map", new Map()],
    ["a tensor", tensor([1])],
    ["a module", new nn.ReLU()],
    ["a typed array", Float32Array.of(1)],
  ])("refuses %s in their place", (_, given) => {
    expect(() => read(given)).toThrow(ArgError);
    expect(() => read(given)).toThrow("pool: options go into one object");
  });

  it.each(["pad", "toString", "__proto__x"])("refuses the unknown name %s", (name) => {
    expect(() => read({ [name]: 1 })).toThrow(ArgError);
    expect(() => read({ [name]: 1 })).toThrow(`pool: there is no option "${name}", only size, padding, seed`);
  });
});
