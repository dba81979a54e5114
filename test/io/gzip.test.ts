import { constants, deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ArgError, FormatError } from "../../src/errors.js";
import { membersOf } from "../../src/io/gzipMembers.js";
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

  it("refuses unknown options", async () => {
    await expect(gunzip(packed, { maxbytes: 3 } as never)).rejects.toThrow(ArgError);
  });

  it("isGzip", () => {
    expect([packed, packed.subarray(1), new Uint8Array(0)].map(isGzip)).toEqual([true, false, false]);
  });
});

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const gz = (content: string | Uint8Array): Uint8Array => new Uint8Array(gzipSync(content));
const text = async (...parts: readonly Uint8Array[]): Promise<string> => new TextDecoder().decode(await gunzip(joined(...parts)));

/** A stream as the standard has it: whatever comes behind the first member is an error. */
class StrictStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;

  constructor() {
    const parts: Uint8Array[] = [];
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk) => void parts.push(chunk),
      flush(controller) {
        const all = joined(...parts);
        const { engine } = inflateRawSync(all.subarray(10), { info: true }) as unknown as { engine: { bytesWritten: number } };
        if (10 + engine.bytesWritten + 8 !== all.length) throw new TypeError("Trailing junk found after the end of the compressed stream");
        controller.enqueue(new Uint8Array(gunzipSync(all)));
      },
    });
    this.readable = readable;
    this.writable = writable;
  }
}

describe.each(["the platform's stream", "a strict stream"])("several members, with %s", (name) => {
  beforeEach(() => {
    if (name === "a strict stream") vi.stubGlobal("DecompressionStream", StrictStream);
  });
  afterEach(() => void vi.unstubAllGlobals());

  it("are joined", async () => {
    expect(await text(gz("AAAAAAAA"), gz("BB"))).toBe("AAAAAAAABB");
    expect(await text(gz("DATA"), gz(""))).toBe("DATA");
    expect(await text(gz(""), gz("DATA"), gz("x".repeat(3000)))).toBe(`DATA${"x".repeat(3000)}`);
    expect(await gunzip(joined(packed, packed))).toEqual(joined(content, content));
  });

  it("may be followed by zeros", async () => {
    expect(await text(gz("hello"), new Uint8Array(512))).toBe("hello");
    expect(await text(gz("hello"), gz(" you"), new Uint8Array(1))).toBe("hello you");
  });

  it("stop at maxBytes together", async () => {
    await expect(gunzip(joined(gz("12345"), gz("67890")), { maxBytes: 9 })).rejects.toThrow("unpacks to more than 9 bytes");
    expect(await gunzip(joined(gz("12345"), gz("67890")), { maxBytes: 10 })).toHaveLength(10);
  });

  it.each([
    ["something else behind them", [gz("a"), gz("b"), Uint8Array.of(1, 2, 3)]],
    ["zeros and something else behind them", [gz("a"), Uint8Array.of(0, 0, 7)]],
    ["a second one that is cut", [gz("a"), gz("bcdefgh").subarray(0, 20)]],
    ["a second one with a wrong checksum", [gz("a"), gz("b").map((byte, i, all) => (i === all.length - 6 ? byte ^ 1 : byte))]],
  ])("are refused with %s", async (_, parts) => {
    await expect(text(...parts)).rejects.toThrow(FormatError);
    await expect(text(...parts)).rejects.toThrow("damaged or truncated");
  });
});

describe("membersOf", () => {
  let seed = 1;
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 16) % n;
  };
  const contents: [string, Uint8Array][] = [
    ["nothing", new Uint8Array(0)],
    ["runs", new Uint8Array(100_000)],
    ["noise, which is stored", Uint8Array.from({ length: 100_000 }, () => random(256))],
    ["text", new TextEncoder().encode(Array.from({ length: 20_000 }, () => "etaoin shrdlu"[random(13)]).join(""))],
    ["long distances", Uint8Array.from({ length: 120_000 }, (_, i) => (i % 30_011) * 7)],
  ];
  const { Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE } = constants;

  it.each(contents)("finds the end of %s, however it is packed", (_, content) => {
    for (const level of [0, 1, 6, 9]) {
      for (const strategy of [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE]) {
        const member = new Uint8Array(gzipSync(content, { level, strategy }));
        expect(membersOf(joined(member, gz("x"), new Uint8Array(3)))?.map(({ length }) => length)).toEqual([member.length, gz("x").length]);
      }
    }
  });

  it("skips all that a header may hold", () => {
    const plain = gz("content");
    const extra = Uint8Array.of(3, 0, 1, 0, 2);
    const named = [...new TextEncoder().encode("name"), 0];
    const comment = [...new TextEncoder().encode("a comment"), 0];
    const checksum = [1, 2];
    const rows: [number, readonly number[]][] = [
      [4, [...extra]],
      [8, named],
      [16, comment],
      [2, checksum],
      [30, [...extra, ...named, ...comment, ...checksum]],
    ];
    for (const [flags, fields] of rows) {
      const member = Uint8Array.from([...plain.subarray(0, 3), flags, ...plain.subarray(4, 10), ...fields, ...plain.subarray(10)]);
      expect(membersOf(joined(member, plain))?.map(({ length }) => length)).toEqual([member.length, plain.length]);
    }
  });

  it("ends on any bytes, in time that grows with their number", () => {
    for (let round = 0; round < 300; round++) {
      const bytes = Uint8Array.from({ length: random(2000) }, () => random(256));
      bytes.set([0x1f, 0x8b, 8, 0].slice(0, bytes.length));
      expect(() => membersOf(bytes)).not.toThrow();
      const broken = joined(packed.subarray(0, 500), bytes);
      expect(() => membersOf(broken)).not.toThrow();
    }
    expect(membersOf(joined(packed.subarray(0, 10), deflateRawSync(content).subarray(0, 900)))).toBeUndefined();
  });
});
