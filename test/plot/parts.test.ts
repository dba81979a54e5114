import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodePng, pngUri } from "../../src/plot/png.js";
import { hex, MISSING, type Rgb, ramp, textOn } from "../../src/plot/ramp.js";
import { type Point, thin } from "../../src/plot/series.js";
import { element, escapeXml, fitText, short, textWidth } from "../../src/plot/svg.js";
import { formatNumber, linearTicks, logTicks, niceRange, niceStep } from "../../src/plot/ticks.js";
import { parseXml, textOf } from "./xml.js";

describe("svg", () => {
  it("escapes everything that could leave its place", () => {
    const nasty = `<script>"&'</script>\u0000\u001b\uffff\ud800 é😀\n`;
    const node = parseXml(element("text", { title: nasty }, escapeXml(nasty)));
    const safe = nasty.replace("\u0000\u001b\uffff\ud800", "\ufffd".repeat(4));
    expect(textOf(node)).toBe(safe);
    expect(node.attributes["title"]).toBe(safe);
  });

  it("writes short coordinates and no -0", () => {
    expect([1 / 3, 2, -0.001, 1e3, -1.005].map(short)).toEqual(["0.33", "2", "0", "1000", "-1"]);
    expect(element("a", { x: 1 / 3, y: undefined })).toBe('<a x="0.33"/>');
  });

  it("cuts text to a width", () => {
    expect(fitText("short", 100)).toBe("short");
    const cut = fitText("a rather long caption", 60);
    expect(cut.endsWith("…")).toBe(true);
    expect(textWidth(cut)).toBeLessThanOrEqual(60);
  });
});

describe("ticks", () => {
  it.each([
    [1, 5, 0.2],
    [10, 5, 2],
    [7, 5, 1],
    [0.03, 4, 0.01],
    [1e9, 3, 5e8],
    [49, 10, 5],
  ])("the step for %d in %i parts is %d", (span, count, step) => {
    expect(niceStep(span, count)).toBeCloseTo(step, 12);
  });

  it.each([
    [0, 1, 5, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]],
    [-3, 3, 3, ["-2", "0", "2"]],
    [0.95, 1, 5, ["0.95", "0.96", "0.97", "0.98", "0.99", "1.00"]],
    [0, 3e7, 3, ["0", "1e7", "2e7", "3e7"]],
    [0, 2.5e-7, 5, ["0", "5e-8", "1e-7", "1.5e-7", "2e-7", "2.5e-7"]],
    [1e6, 1.5e6, 5, ["1e6", "1.1e6", "1.2e6", "1.3e6", "1.4e6", "1.5e6"]],
  ])("from %d to %d about %i", (low, high, count, labels) => {
    expect(linearTicks(low, high, count).map(({ label }) => label)).toEqual(labels);
  });

  it("for any range are inside it, a 1-2-5 step apart, about as many as asked, with labels that tell them apart", () => {
    let state = 3;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    for (let round = 0; round < 500; round++) {
      const low = (random() - 0.5) * 10 ** Math.floor(random() * 16 - 8);
      const high = low + (Math.abs(low) * 0.001 + 10 ** Math.floor(random() * 12 - 6)) * (0.1 + random());
      const count = 2 + Math.floor(random() * 9);
      const ticks = linearTicks(low, high, count);
      const step = niceStep(high - low, count);
      expect(["1", "2", "5"]).toContain(step.toExponential(6)[0]);
      expect(ticks.length).toBeGreaterThanOrEqual(Math.floor(count / 2));
      expect(ticks.length).toBeLessThanOrEqual(count * 1.5 + 1.5);
      for (const { value, label } of ticks) {
        expect(value).toBeGreaterThanOrEqual(low - step * 1e-6);
        expect(value).toBeLessThanOrEqual(high + step * 1e-6);
        expect(Math.abs(Number(label) - value)).toBeLessThan(step * 1e-3);
      }
      expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
      const [from, to] = niceRange(low, high, count);
      expect(from <= low + step * 1e-6 && to >= high - step * 1e-6 && to - from <= high - low + 2 * step).toBe(true);
    }
  });

  it("on a logarithmic axis are powers of ten, and 2 and 5 times them where there is room", () => {
    expect(logTicks(0.07, 2.4, 8).map(({ label }) => label)).toEqual(["0.1", "0.2", "0.5", "1", "2"]);
    expect(logTicks(1e-6, 1, 4).map(({ label }) => label)).toEqual(["1e-6", "1e-4", "0.01", "1"]);
    expect(logTicks(1, 10, 4).map(({ value }) => value)).toEqual([1, 2, 5, 10]);
  });

  it("numbers on their own", () => {
    const values = [0, 7, -1234, 0.5, 1 / 3, 123.456, 1234567, 0.00012, Number.NaN, Number.NEGATIVE_INFINITY];
    expect(values.map(formatNumber)).toEqual(["0", "7", "-1234", "0.5", "0.333", "123.5", "1.23e6", "1.2e-4", "NaN", "-Infinity"]);
  });
});

describe("thin", () => {
  it("keeps first, lowest, highest and last of every pixel column", () => {
    const run = Array.from({ length: 10_000 }, (_, i): Point => [i / 100, Math.sin(i * 12.9898) * 50]);
    const kept = thin(run);
    expect(kept.length).toBeLessThanOrEqual(400);
    for (let column = 0; column < 100; column++) {
      const inside = (points: readonly Point[]): number[] => points.filter(([x]) => Math.floor(x) === column).map(([, y]) => y);
      const [before, after] = [inside(run), inside(kept)];
      expect(Math.min(...after)).toBe(Math.min(...before));
      expect(Math.max(...after)).toBe(Math.max(...before));
      expect([after[0], after.at(-1)]).toEqual([before[0], before.at(-1)]);
    }
  });

  it("leaves short lines and lines that go back alone", () => {
    const short: Point[] = [
      [0, 1],
      [10, 2],
      [20, 0],
    ];
    expect(thin(short)).toEqual(short);
    const circle = Array.from({ length: 1000 }, (_, i): Point => [50 * Math.cos(i / 50), 50 * Math.sin(i / 50)]);
    expect(thin(circle)).toEqual(circle);
    expect(thin([])).toEqual([]);
  });
});

describe("ramp", () => {
  const luminance = (colour: Rgb): number => {
    const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)) as [
      number,
      number,
      number,
    ];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };

  it("rises in brightness, with text that has a contrast of at least 4.5 on every colour", () => {
    let before = -1;
    for (let i = 0; i <= 256; i++) {
      const colour = ramp(i / 256);
      const bright = luminance(colour);
      expect(bright).toBeGreaterThan(before - 0.002); // colours are rounded to whole steps
      before = bright;
      const contrast = textOn(colour) === "#fff" ? 1.05 / (bright + 0.05) : (bright + 0.05) / 0.05;
      expect(contrast).toBeGreaterThan(4.5);
    }
  });

  it("takes any number", () => {
    expect([hex(ramp(0)), hex(ramp(1)), hex(ramp(-5)), hex(ramp(Number.POSITIVE_INFINITY))]).toEqual([
      "#440154",
      "#fde725",
      "#440154",
      "#fde725",
    ]);
    expect(ramp(Number.NaN)).toBe(MISSING);
  });
});

describe("encodePng", () => {
  /** Chunks by name, their checksums verified with another CRC implementation: bit by bit. */
  function chunks(png: Uint8Array): Map<string, Uint8Array> {
    expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    const view = new DataView(png.buffer, png.byteOffset);
    const found = new Map<string, Uint8Array>();
    for (let at = 8; at < png.length; ) {
      const length = view.getUint32(at);
      let crc = 0xffffffff;
      for (const byte of png.subarray(at + 4, at + 8 + length)) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
      }
      expect(view.getUint32(at + 8 + length)).toBe(~crc >>> 0);
      found.set(String.fromCharCode(...png.subarray(at + 4, at + 8)), png.subarray(at + 8, at + 8 + length));
      at += 12 + length;
    }
    return found;
  }

  it.each([
    [1, 1, 1],
    [3, 2, 1],
    [5, 4, 3],
    [300, 300, 3],
  ] as const)("%i by %i with %i channels holds the pixels", (width, height, channels) => {
    const pixels = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7919) >> 3);
    const found = chunks(encodePng(pixels, width, height, channels));
    expect([...found.keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
    const head = found.get("IHDR") as Uint8Array;
    const view = new DataView(head.buffer, head.byteOffset);
    expect([view.getUint32(0), view.getUint32(4), ...head.subarray(8)]).toEqual([width, height, 8, channels === 1 ? 0 : 2, 0, 0, 0]);
    const raw = inflateSync(found.get("IDAT") as Uint8Array); // verifies adler-32
    const stride = width * channels + 1;
    expect(raw.length).toBe(stride * height);
    for (let y = 0; y < height; y++) {
      expect(raw[y * stride]).toBe(0);
      expect(
        Buffer.compare(raw.subarray(y * stride + 1, (y + 1) * stride), pixels.subarray(y * (stride - 1), (y + 1) * (stride - 1))),
      ).toBe(0);
    }
  });

  it("as an address", () => {
    const uri = pngUri(Uint8Array.of(0, 255), 2, 1, 1);
    expect(uri.startsWith("data:image/png;base64,")).toBe(true);
    expect(new Uint8Array(Buffer.from(uri.slice(22), "base64"))).toEqual(encodePng(Uint8Array.of(0, 255), 2, 1, 1));
  });
});
