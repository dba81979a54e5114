import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ArgError, FormatError } from "../../src/errors.js";
import { gunzip, isGzip } from "../../src/io/index.js";

const content = Uint8Array.from({ length: 70_000 }, (_, i) => (i * i) >> 7);
const packed = new Uint8Array(gzipSync(content));
const changed = (at: number): Uint8Array => packed.map((byte, i) => (i === at ? byte ^ 255 : byte));

describe("gunzip", () => {
  it("gives the content back, of any size", async () => {
    expect(await gunzip(packed)).toEqual(content);
    expect(await gunzip(packed.buffer)).toEqual(content);
    expect(await gunzip(new Uint8Array(gzipSync(new Uint8Array(0))))).toEqual(new Uint8Array(0));
  });

  it.each([
    ["no gzip", Uint8Array.of(1, 2, 3), "not gzip"],
    ["nothing", new Uint8Array(0), "not gzip"],
    ["a cut end", packed.subarray(0, packed.length - 5), "damaged or truncated"],
    ["a cut header", packed.subarray(0, 6), "damaged or truncated"],
    ["a wrong checksum", changed(packed.length - 6), "damaged or truncated"],
    ["damaged data", changed(200), "damaged or truncated"],
    ["something behind the end", Uint8Array.of(...gzipSync("x"), 1, 2, 3, 4), "damaged or truncated"],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(gunzip(bytes)).rejects.toThrow(FormatError);
    await expect(gunzip(bytes)).rejects.toThrow(message);
  });

  it("stops a bomb at maxBytes", async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(50_000_000)));
    expect(bomb.length).toBeLessThan(60_000);
    await expect(gunzip(bomb, { maxBytes: 1_000_000 })).rejects.toThrow("unpacks to more than 1000000 bytes");
    expect(await gunzip(packed, { maxBytes: content.length })).toEqual(content);
    await expect(gunzip(packed, { maxBytes: content.length - 1 })).rejects.toThrow(FormatError);
    await expect(gunzip(packed, { maxBytes: Number.NaN })).rejects.toThrow(ArgError);
  });

  it("isGzip", () => {
    expect([packed, packed.subarray(1), new Uint8Array(0)].map(isGzip)).toEqual([true, false, false]);
  });
});
