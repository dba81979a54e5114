import { describe, expect, it } from "vitest";
import { ArgError, FormatError, StateError } from "../../src/errors.js";
import { memory } from "../../src/index.js";
import { loadSafetensors, safetensorsMetadata, saveSafetensors } from "../../src/io/index.js";
import { tensor } from "../../src/tensor/create.js";
import type { DType } from "../../src/tensor/dtype.js";
import type { Tensor } from "../../src/tensor/tensor.js";

const utf8 = new TextEncoder();

/** A file of a header, given as text or as what JSON makes of it, and data. */
function file(header: unknown, data: ArrayLike<number> = [], claimed?: bigint): Uint8Array<ArrayBuffer> {
  const json = utf8.encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const entry = (dtype: string, shape: unknown, ...data_offsets: unknown[]) => ({ dtype, shape, data_offsets });
const bytesOf = (array: { buffer: ArrayBuffer }): Uint8Array => new Uint8Array(array.buffer);
const four = bytesOf(Float32Array.of(1, 2, 3, 4));
const good = { t: entry("F32", [2, 2], 0, 16) };

describe("what loads", () => {
  it.each<[string, unknown, ArrayLike<number>, Record<string, number[]>]>([
    ["a matrix", good, four, { t: [2, 2] }],
    ["no tensors", {}, [], {}],
    ["a scalar", { s: entry("F32", [], 0, 4) }, four.subarray(0, 4), { s: [] }],
    ["an empty tensor", { e: entry("F32", [0, 3], 0, 0) }, [], { e: [0, 3] }],
    ["spaces around the header", `${JSON.stringify(good)}      `, four, { t: [2, 2] }],
    ["entries in any order", { b: entry("F32", [2], 8, 16), a: entry("F32", [2], 0, 8) }, four, { a: [2], b: [2] }],
    [
      "empty tensors between others",
      { a: entry("F32", [2], 0, 8), e: entry("I64", [0], 8, 8), b: entry("F32", [2], 8, 16) },
      four,
      { a: [2], e: [0], b: [2] },
    ],
    ["unknown keys of a tensor", { t: { ...good.t, future: ["x"] } }, four, { t: [2, 2] }],
  ])("%s", (_, header, data, shapes) => {
    const loaded = loadSafetensors(file(header, data));
    expect(Object.fromEntries(Object.entries(loaded).map(([name, t]) => [name, t.shape]))).toEqual(shapes);
  });

  it("the values, from any alignment and from an ArrayBuffer", () => {
    const bytes = file(good, four);
    for (let shift = 0; shift < 8; shift++) {
      const shifted = new Uint8Array(bytes.length + shift);
      shifted.set(bytes, shift);
      expect(loadSafetensors(shifted.subarray(shift))["t"]?.toArray()).toEqual([
        [1, 2],
        [3, 4],
      ]);
    }
    expect(loadSafetensors(bytes.buffer)["t"]?.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("names that objects have already, without touching their prototype", () => {
    const header =
      '{"__proto__":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"constructor":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}';
    const loaded = loadSafetensors(file(header, bytesOf(Float32Array.of(5, 6))));
    expect(Object.entries(loaded).map(([name, t]) => [name, t.item()])).toEqual([
      ["__proto__", 5],
      ["constructor", 6],
    ]);
    expect(Object.getPrototypeOf(loaded)).toBeNull();
    expect(({} as Record<string, unknown>)["dtype"]).toBeUndefined();
  });

  it("20,000 tensors in less than a second", () => {
    const header = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`t${i}`, entry("F32", [0], 0, 0)]));
    const start = performance.now();
    const loaded = loadSafetensors(file(header));
    expect(performance.now() - start).toBeLessThan(1000);
    expect(Object.keys(loaded)).toHaveLength(20_000);
    for (const t of Object.values(loaded)) t.dispose();
  });
});

describe("dtypes", () => {
  const big = (...values: bigint[]) => bytesOf(BigInt64Array.from(values));
  it.each<[string, ArrayLike<number>, DType, number[]]>([
    ["F32", bytesOf(Float32Array.of(1.5, Number.NEGATIVE_INFINITY, Number.NaN)), "float32", [1.5, Number.NEGATIVE_INFINITY, Number.NaN]],
    ["I32", bytesOf(Int32Array.of(-1, 2 ** 31 - 1)), "int32", [-1, 2 ** 31 - 1]],
    ["U8", [0, 7, 255], "uint8", [0, 7, 255]],
    ["BOOL", [0, 1, 1], "bool", [0, 1, 1]],
    [
      "F64",
      bytesOf(Float64Array.of(0.1, 1e-60, Number.POSITIVE_INFINITY, Number.NaN)),
      "float32",
      [Math.fround(0.1), 0, Number.POSITIVE_INFINITY, Number.NaN],
    ],
    // 1, -2, largest 65504, smallest 2^-24, largest subnormal, -0, infinities, NaN
    [
      "F16",
      bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 1, 0x03ff, 0x8000, 0x7c00, 0xfc00, 0x7e00)),
      "float32",
      [1, -2, 65504, 2 ** -24, 1023 * 2 ** -24, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
    ],
    ["BF16", bytesOf(Uint16Array.of(0x3f80, 0xc000, 0x4049, 0xff80)), "float32", [1, -2, 3.140625, Number.NEGATIVE_INFINITY]],
    ["I64", big(-1n, 2n ** 31n - 1n, -(2n ** 31n), 0n), "int32", [-1, 2 ** 31 - 1, -(2 ** 31), 0]],
    ["U64", big(0n, 2n ** 31n - 1n), "int32", [0, 2 ** 31 - 1]],
    ["U32", bytesOf(Uint32Array.of(0, 2 ** 31 - 1)), "int32", [0, 2 ** 31 - 1]],
    ["I16", bytesOf(Int16Array.of(-32768, 32767)), "int32", [-32768, 32767]],
    ["U16", bytesOf(Uint16Array.of(0, 65535)), "int32", [0, 65535]],
    ["I8", bytesOf(Int8Array.of(-128, 127)), "int8", [-128, 127]],
  ])("%s", (name, data, dtype, values) => {
    // A byte in front puts the data on an odd address.
    const header = { a: entry("U8", [1], 0, 1), x: entry(name, [values.length], 1, 1 + data.length) };
    const { x } = loadSafetensors(file(header, [9, ...Array.from(data)])) as { x: Tensor };
    expect(x.dtype).toBe(dtype);
    expect(Array.from(x.toTypedArray())).toEqual(values);
  });

  it.each<[string, ArrayLike<number>, DType, number[]]>([
    ["F16", bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x7c00)), "float16", [1, -2, Number.POSITIVE_INFINITY]],
    ["BF16", bytesOf(Uint16Array.of(0x3f80, 0xc000, 0x4049)), "bfloat16", [1, -2, 3.140625]],
    ["I64", big(-1n, 5n, 0n), "int64", [-1, 5, 0]],
    ["F64", bytesOf(Float64Array.of(0.5, 1, 2)), "float32", [0.5, 1, 2]],
    ["U16", bytesOf(Uint16Array.of(0, 1, 65535)), "int32", [0, 1, 65535]],
    ["BOOL", [1, 0, 1], "bool", [1, 0, 1]],
  ])("%s with its own dtype where there is one", (name, data, dtype, values) => {
    const header = {
      a: entry("U8", [1], 0, 1),
      x: entry(name, [3, 1], 1, 1 + data.length),
      e: entry(name, [0], 1 + data.length, 1 + data.length),
    };
    const bytes = file(header, [9, ...Array.from(data)]);
    const { x, e } = loadSafetensors(bytes, { keepDtype: true }) as { x: Tensor; e: Tensor };
    expect([x.dtype, x.shape, e.dtype, e.shape]).toEqual([dtype, [3, 1], dtype, [0]]);
    expect(Array.from(x.toTypedArray())).toEqual(values);
    expect(loadSafetensors(bytes, {})["x"]?.dtype).toBe(dtype === "int64" ? "int32" : dtype.replace(/^b?float16/, "float32"));
  });

  it("16 and 64 bits are written as they are, the widest first", () => {
    const made = {
      half: tensor(Uint16Array.of(0x3c00, 0x7e01, 1), { dtype: "float16" }),
      brain: tensor(Uint16Array.of(0x3f80, 0x8000), { dtype: "bfloat16" }),
      ids: tensor(BigInt64Array.of(2n ** 62n, -1n)),
      view: tensor([1, 2, 3, 4], { dtype: "float16" }).narrow(0, 1, 2),
      int: tensor([1], { dtype: "int32" }),
    };
    const bytes = saveSafetensors(made);
    const end = bytes.length;
    // int64, int32, bfloat16, then float16 by name.
    expect(new BigInt64Array(bytes.slice(end - 34, end - 18).buffer)).toEqual(BigInt64Array.of(2n ** 62n, -1n));
    expect(new Uint16Array(bytes.slice(end - 14, end - 10).buffer)).toEqual(Uint16Array.of(0x3f80, 0x8000));
    expect(new Uint16Array(bytes.slice(end - 10).buffer)).toEqual(Uint16Array.of(0x3c00, 0x7e01, 1, 0x4000, 0x4200));
    const loaded = loadSafetensors(bytes, { keepDtype: true });
    expect(Object.fromEntries(Object.entries(loaded).map(([name, { dtype }]) => [name, dtype]))).toEqual({
      ids: "int64",
      int: "int32",
      brain: "bfloat16",
      half: "float16",
      view: "float16",
    });
    expect(saveSafetensors(loaded)).toEqual(bytes);
    expect(loaded["ids"]?.toBigInt64Array()).toEqual(BigInt64Array.of(2n ** 62n, -1n));
  });

  it("refuses other options", () => {
    expect(() => loadSafetensors(file(good, four), { dtype: "float16" } as never)).toThrow(ArgError);
    expect(() => loadSafetensors(file(good, four), { keepDtype: 1 } as never)).toThrow(/keepDtype/);
  });

  it("leaves nothing behind after a problem", () => {
    const data = big(1n, 2n ** 40n);
    const header = { a: entry("F16", [2], 0, 4), b: entry("BOOL", [4], 4, 8), c: entry("I64", [1], 8, 16) };
    const bytes = file(header, [0, 0, 0, 0, 0, 1, 2, 3, ...data.subarray(8)]);
    const { liveTensors, liveBytes } = memory();
    expect(() => loadSafetensors(bytes)).toThrow(/tensor "b": element 2 of BOOL is 2.*\n.*tensor "c": element 0 of I64 is 1099511627776/);
    expect(memory()).toMatchObject({ liveTensors, liveBytes });
  });

  it.each([
    ["F64", bytesOf(Float64Array.of(0, 1e39)), 'tensor "x": element 1 of F64 is 1e+39, which float32 cannot hold'],
    ["I64", big(0n, 2n ** 31n), "element 1 of I64 is 2147483648, which int32 cannot hold"],
    ["I64", big(-(2n ** 31n) - 1n, 0n), "element 0 of I64 is -2147483649"],
    ["U64", big(-1n, 0n), "element 0 of U64 is 18446744073709551615"],
    ["U64", big(2n ** 31n, 0n), "element 0 of U64 is 2147483648"],
    ["U32", bytesOf(Uint32Array.of(1, 2 ** 32 - 1)), "element 1 of U32 is 4294967295"],
    ["BOOL", Uint8Array.of(1, 2), "element 1 of BOOL is 2, which bool cannot hold"],
  ])("%s out of range", (name, data, message) => {
    expect(() => loadSafetensors(file({ x: entry(name, [2], 0, data.length) }, data))).toThrow(FormatError);
    expect(() => loadSafetensors(file({ x: entry(name, [2], 0, data.length) }, data))).toThrow(message);
  });
});

describe("what is refused, with FormatError", () => {
  const ten = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`t${i}`, entry("F32", [4], 0, 16)]));
  it.each<[string, Uint8Array, string]>([
    ["an empty file", new Uint8Array(0), "0 bytes are too few"],
    ["seven bytes", new Uint8Array(7), "7 bytes are too few"],
    ["a header of no bytes", file("", four), 'does not begin with "{"'],
    ["a header past the end", file(good, [], 1000n), "claims 1000 bytes and 57 follow"],
    ["a header over 100,000,000 bytes", file(good, four, 100_000_001n), "more than the 100000000 allowed"],
    ["a length whose low 32 bits look valid", file(good, four, 2n ** 32n + 57n), "more than the 100000000 allowed"],
    ["no JSON", file("{"), "the header is not valid"],
    ["an array", file([]), 'does not begin with "{"'],
    ["null", file("null"), 'does not begin with "{"'],
    ["a byte order mark", file("\ufeff{}"), 'does not begin with "{"'],
    ["text that is not UTF-8", Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d), "not UTF-8"],
    [
      "a name that appears twice",
      file('{"t":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"t":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      '"t" appears twice',
    ],
    ["bytes behind the last tensor", file(good, [...four, 1, 2]), "bytes 16 to 18 of the data belong to no tensor"],
    ["data two bytes short", file(good, four.subarray(0, 14)), "data_offsets [0, 16] are not inside the 14 bytes"],
    [
      "a hole",
      file({ a: entry("F32", [1], 0, 4), b: entry("F32", [1], 8, 12) }, four.subarray(0, 12)),
      "bytes 4 to 8 of the data belong to no tensor",
    ],
    ["ten tensors on the same bytes", file(ten, four), 'tensor "t1" begins at byte 0, inside another one'],
    [
      "overlapping ranges",
      file({ a: entry("F32", [2], 0, 8), b: entry("F32", [2], 4, 12) }, four.subarray(0, 12)),
      'tensor "b" begins at byte 4',
    ],
    ["a negative offset", file({ t: entry("F32", [1], -4, 0) }), "two whole numbers, not negative"],
    ["offsets the wrong way round", file({ t: entry("F32", [1], 4, 0) }, four), "data_offsets [4, 0] are not inside"],
    ["offsets as text", file({ t: entry("F32", [1], "0", "4") }, four), "two whole numbers"],
    ["three offsets", file({ t: entry("F32", [1], 0, 4, 4) }, four), "two whole numbers"],
    ["no offsets", file({ t: { dtype: "F32", shape: [] } }), "has no data_offsets"],
    ["a size that does not match", file({ t: entry("F32", [3], 0, 16) }, four), "F32[3] needs 12 bytes and data_offsets give 16"],
    ["a product beyond counting", file({ t: entry("F32", [2 ** 30, 2 ** 30], 0, 16) }, four), "more elements than can be counted"],
    ["a product that is 0 in 32 bits", file({ t: entry("U8", [65536, 65536], 0, 0) }), "needs 4294967296 bytes"],
    ["a size of 2**53 + 1", file('{"t":{"dtype":"F32","shape":[9007199254740993],"data_offsets":[0,4]}}', four), "sizes are whole numbers"],
    ["a size beyond 32 bits next to 0", file({ t: entry("F32", [0, 2 ** 40], 0, 0) }), "sizes are whole numbers"],
    ["a thousand sizes", file({ t: entry("U8", new Array(1000).fill(1), 0, 1) }, [1]), "shape has 1000 sizes, at most 64"],
    ["half an element", file({ t: entry("F32", [1.5], 0, 6) }, [1, 2, 3, 4, 5, 6]), "the header is not valid"],
    ["a shape as text", file({ t: entry("F32", "2", 0, 16) }, four), "shape must be a list"],
    ["a shape of text", file({ t: entry("F32", ["2"], 0, 8) }, four.subarray(0, 8)), 'shape holds "2"'],
    ["a shape of null", file({ t: entry("F32", null, 0, 16) }, four), "the header is not valid"],
    ["no shape", file({ t: { dtype: "F32", data_offsets: [0, 4] } }), "has no shape"],
    ["no dtype", file({ t: { shape: [1], data_offsets: [0, 4] } }, four.subarray(0, 4)), "has no dtype"],
    ["an unknown dtype", file({ t: entry("F4", [1], 0, 4) }, four.subarray(0, 4)), 'dtype "F4" cannot be read; known are F32'],
    ["a dtype that objects have already", file({ t: entry("constructor", [1], 0, 4) }, four.subarray(0, 4)), "cannot be read"],
    ["a tensor that is a number", file({ t: 3 }), "must be an object"],
    ["metadata that is not text", file({ __metadata__: { a: 1 } }), '"a" must be text'],
    ["metadata that is a list", file({ __metadata__: ["a"] }), "must be an object of texts"],
    ["100,000 nested arrays", file(`{"t":${"[".repeat(100_000)}${"]".repeat(100_000)}}`), "nested deeper"],
  ])("%s", (_, bytes, message) => {
    expect(() => loadSafetensors(bytes)).toThrow(FormatError);
    expect(() => loadSafetensors(bytes)).toThrow(message);
    expect(() => safetensorsMetadata(bytes)).toThrow(FormatError);
  });

  it("names all problems, and counts them when there are many", () => {
    const two = file({ a: entry("F9", [1], 0, 4), b: entry("F32", [-1], 0, 4) }, four);
    expect(() => loadSafetensors(two)).toThrow(/"a": dtype "F9".*\n.*"b": shape holds -1/);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`t${i}`, 1]));
    expect(() => loadSafetensors(file(many))).toThrow("and 40 more");
  });

  it("does not let a name break out of the message", () => {
    expect(() => loadSafetensors(file({ ["\u001b[31m\n".repeat(99)]: 1 }))).toThrow(/^[\x20-\x7e]*$/);
  });

  it("what is no bytes, with ArgError", () => {
    for (const bad of ["model.safetensors", null, undefined, [1, 2]]) {
      expect(() => loadSafetensors(bad as unknown as Uint8Array)).toThrow(ArgError);
    }
  });
});

describe("saveSafetensors", () => {
  it("writes the bytes the reference implementation writes", () => {
    const bytes = saveSafetensors({ b: tensor([1, 2]), a: tensor(Uint8Array.of(7)), "0": tensor([3]) }, { metadata: { format: "pt" } });
    const header =
      '{"__metadata__":{"format":"pt"},"0":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},' +
      '"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"a":{"dtype":"U8","shape":[1],"data_offsets":[12,13]}}';
    const padded = header.padEnd(Math.ceil((header.length + 8) / 8) * 8 - 8);
    expect(bytes).toEqual(file(padded, [...bytesOf(Float32Array.of(3, 1, 2)), 7]));
  });

  it("round trip of every dtype, shape and name", () => {
    const names = ["layer.0.weight", "", "__proto__", "constructor", "10", "9", 'ü\n"\\\u2028😀'];
    const made = new Map<string, Tensor>(
      names.map((name, i) => [
        name,
        tensor(
          Float32Array.from({ length: 6 }, (_, j) => i + j / 7),
          { shape: [2, 3] },
        ),
      ]),
    );
    made.set("int", tensor(Int32Array.of(-5, 6)));
    made.set("mask", tensor([true, false, true]));
    made.set("bytes", tensor(Uint8Array.of(0, 255)));
    made.set("signed bytes", tensor(Int8Array.of(-128, 127)));
    made.set("scalar", tensor(Math.PI));
    made.set("empty", tensor([], { shape: [0, 4] }));
    const loaded = loadSafetensors(saveSafetensors(made));
    expect(Object.keys(loaded).sort()).toEqual([...made.keys()].sort());
    for (const [name, t] of made) {
      expect(loaded[name]?.dtype).toBe(t.dtype);
      expect(loaded[name]?.shape).toEqual(t.shape);
      expect(loaded[name]?.toTypedArray()).toEqual(t.toTypedArray());
    }
    expect(saveSafetensors(loaded)).toEqual(saveSafetensors(made));
  });

  it("keeps metadata, also under names that objects have already", () => {
    const metadata = Object.fromEntries([
      ["epoch", "3"],
      ["__proto__", "x"],
      ["é", "\n"],
    ]);
    const read = safetensorsMetadata(saveSafetensors({}, { metadata }));
    expect(Object.entries(read).sort()).toEqual(Object.entries(metadata).sort());
    expect(safetensorsMetadata(saveSafetensors({}))).toEqual({});
  });

  it("refuses what it cannot store", () => {
    const gone = tensor([1]);
    gone.dispose();
    expect(() => saveSafetensors({ gone })).toThrow(StateError);
    expect(() => saveSafetensors({ __metadata__: tensor([1]) })).toThrow(ArgError);
    expect(() => saveSafetensors({}, { metadata: { epoch: 3 as unknown as string } })).toThrow('metadata "epoch" must be text');
  });
});
