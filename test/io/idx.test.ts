import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.js";
import { loadIdx, parseIdx } from "../../src/io/index.js";

/** Header bytes and sizes, then the elements as big-endian bytes. */
function idx(type: number, shape: readonly number[], data: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, type);
  view.setUint8(3, shape.length);
  for (const [i, dim] of shape.entries()) view.setUint32(4 + 4 * i, dim);
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

describe("parseIdx and loadIdx", () => {
  it.each([
    [8, [1, 255], Uint8Array.of(1, 255), "uint8"],
    [9, [1, 255], Int8Array.of(1, -1), "int32"],
    [11, [1, 2, 255, 254], Int16Array.of(258, -2), "int32"],
    [12, [0, 0, 1, 0, 255, 255, 255, 255], Int32Array.of(256, -1), "int32"],
    [13, [0x3f, 0xc0, 0, 0, 0xff, 0x80, 0, 0], Float32Array.of(1.5, Number.NEGATIVE_INFINITY), "float32"],
    [14, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Float64Array.of(1.5, 0), "float32"],
  ] as const)("type %i", (type, data, values, dtype) => {
    const bytes = idx(type, [2, 1], data);
    expect(parseIdx(bytes)).toEqual({ shape: [2, 1], values });
    const t = loadIdx(bytes);
    expect([t.dtype, t.shape, Array.from(t.toTypedArray())]).toEqual([dtype, [2, 1], Array.from(values)]);
  });

  it("reads from inside a larger buffer and copies", () => {
    const inside = Uint8Array.of(9, ...idx(8, [3], [1, 2, 3])).subarray(1);
    const { values } = parseIdx(inside);
    inside.fill(0);
    expect(values).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("takes bytes of another realm, as an array or a buffer", () => {
    const other = (code: string): Uint8Array => runInNewContext(code) as Uint8Array;
    expect(loadIdx(other("Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7)")).toArray()).toEqual([7]);
    expect(loadIdx(other("Uint8Array.of(9, 0, 0, 8, 1, 0, 0, 0, 1, 7).subarray(1)")).toArray()).toEqual([7]);
    expect(loadIdx(other("Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7).buffer")).toArray()).toEqual([7]);
  });

  it("refuses a float64 that float32 cannot hold, and takes infinities", () => {
    const largest = [0x7f, 0xef, ...new Array<number>(6).fill(0xff)];
    const infinity = [0x7f, 0xf0, 0, 0, 0, 0, 0, 0];
    expect(() => loadIdx(idx(14, [2], [...infinity, ...largest]))).toThrow(FormatError);
    expect(() => loadIdx(idx(14, [2], [...infinity, ...largest]))).toThrow(
      "loadIdx: element 1 is 1.7976931348623157e+308, which float32 cannot hold",
    );
    expect(loadIdx(idx(14, [1], infinity)).toArray()).toEqual([Number.POSITIVE_INFINITY]);
  });

  it("no elements, no dimensions", () => {
    expect(parseIdx(idx(8, [0, 28, 28], []))).toEqual({ shape: [0, 28, 28], values: new Uint8Array(0) });
    expect(parseIdx(idx(8, [], [5]))).toEqual({ shape: [], values: Uint8Array.of(5) });
  });

  it.each([
    ["nothing", new Uint8Array(0), "not an idx file"],
    ["three bytes", Uint8Array.of(0, 0, 8), "not an idx file"],
    ["another magic", Uint8Array.of(1, 0, 8, 0, 1), "not an idx file"],
    ["an unknown type", idx(10, [1], [0]), "not an idx file"],
    ["a header cut short", idx(8, [1, 1], []).subarray(0, 10), "ends inside its header, which has 2 sizes"],
    ["data cut short", idx(8, [10, 28, 28], new Array(100).fill(0)), "sizes [10,28,28] need 7840 bytes and the file holds 100"],
    ["data too long", idx(8, [2], [1, 2, 3]), "need 2 bytes and the file holds 3"],
    ["2**32 - 1 images", idx(8, [2 ** 32 - 1, 28, 28], [1]), "the file holds 1"],
    ["255 sizes of 2**32 - 1", idx(14, new Array(255).fill(2 ** 32 - 1), []), "the file holds 0"],
    ["sizes whose product is 0 in 32 bits", idx(8, [65536, 65536], []), "need 4294967296 bytes"],
    ["gzip", Uint8Array.of(0x1f, 0x8b, 8, 0), "unpack them first with await gunzip(bytes)"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => parseIdx(bytes)).toThrow(FormatError);
    expect(() => loadIdx(bytes)).toThrow(message);
  });
});
