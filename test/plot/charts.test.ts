import { describe, expect, it } from "vitest";
import { ArgError, ShapeError } from "../../src/errors.js";
import { heatmap, imageGrid, lineChart } from "../../src/plot/index.js";
import { all, parseXml, textOf, texts, type XmlNode } from "./xml.js";

const nasty = `</text><script>"&'`;
const chart = (...args: Parameters<typeof lineChart>): XmlNode => parseXml(lineChart(...args));
/** The lines of a chart as lists of runs of points. */
const lines = (svg: XmlNode): number[][][][] =>
  all(all(svg, "svg")[0] as XmlNode, "path").map(({ attributes }) =>
    (attributes["d"] as string)
      .split("M")
      .slice(1)
      .map((run) => run.split("L").map((point) => point.split(" ").map(Number))),
  );

describe("lineChart", () => {
  it("draws a line per series, in the direction of the values", () => {
    const [up, down] = lines(chart({ up: [0, 1, 2], down: [2, 1, 0] }, { width: 640, height: 400 }));
    const ys = (runs: number[][][] | undefined): number[] => (runs?.[0] ?? []).map(([, y]) => y as number);
    expect(ys(up)).toEqual(ys(down).reverse());
    expect(ys(up)[0]).toBeGreaterThan(ys(up)[2] as number);
    const xs = (up?.[0] ?? []).map(([x]) => x as number);
    expect(xs[1]).toBeCloseTo(((xs[0] as number) + (xs[2] as number)) / 2, 1);
  });

  it("leaves gaps at NaN and infinities, and dots for values between two of them", () => {
    const svg = chart({ y: [1, 2, Number.NaN, 3, Number.POSITIVE_INFINITY, 4, 5] });
    expect(lines(svg)[0]?.map((run) => run.length)).toEqual([2, 1, 2]);
    expect(all(svg, "circle")).toHaveLength(1);
    expect(lineChart({ y: [Number.NaN, 1] })).not.toMatch(/NaN|Infinity/);
  });

  it("shows title, labels, ticks, and a legend for more than one series", () => {
    const svg = chart({ train: [0.5, 0.25, 0.1], validation: [0.6, 0.4, 0.3] }, { title: "Loss", xLabel: "epoch", yLabel: "value" });
    expect(texts(svg)).toEqual(expect.arrayContaining(["Loss", "epoch", "value", "train", "validation", "0", "0.2", "0.6", "1", "2"]));
    expect(texts(chart({ loss: [1, 2] }))).toContain("loss");
    expect(svg.attributes["aria-label"]).toBe("Loss");
  });

  it("counts epochs in whole numbers", () => {
    expect(texts(chart({ y: [1, 2, 3] })).filter((text) => /^\d+\.5$/.test(text)).length).toBeLessThan(3);
    expect(texts(chart({ y: [10, 20] }, { width: 1000 }))).not.toContain("0.5");
  });

  it("keeps to the ranges given and cuts lines off there", () => {
    const svg = chart([{ x: [0, 1, 2], y: [0, 100, 0] }], { yRange: [0, 10], xRange: [0, 4] });
    expect(texts(svg)).toEqual(expect.arrayContaining(["0", "10", "4"]));
    expect(all(svg, "svg")[0]?.attributes["overflow"]).toBe("hidden");
  });

  it("logarithmic axes leave out what is not above 0", () => {
    const svg = chart([{ x: [0.001, 0.01, 0.1], y: [1, 0, 100] }], { xScale: "log", yScale: "log" });
    expect(lines(svg)[0]?.map((run) => run.length)).toEqual([1, 1]);
    expect(texts(svg)).toEqual(expect.arrayContaining(["0.001", "0.1", "1", "100"]));
  });

  it("stays small for a million values and keeps the peak", () => {
    const y = new Float32Array(1_000_000).fill(1);
    y[654_321] = 50;
    const svg = lineChart({ y });
    expect(svg.length).toBeLessThan(60_000);
    const points = lines(parseXml(svg))[0]?.[0] as number[][];
    expect(Math.min(...points.map(([, value]) => value as number))).toBeLessThan(1);
  });

  it("tells series apart by colour, then by dashes", () => {
    const svg = chart(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`s${i}`, [i, i]])));
    const styles = all(all(svg, "svg")[0] as XmlNode, "g").map(
      (g) => `${g.attributes["class"]} ${all(g, "path")[0]?.attributes["stroke-dasharray"]}`,
    );
    expect(new Set(styles).size).toBe(12);
  });

  it.each([
    ["no series", {}],
    ["no values", { y: [] }],
    ["only NaN", { y: [Number.NaN, Number.NaN] }],
  ])("of %s says so", (_, series) => {
    expect(texts(chart(series))).toContain("no data");
  });

  it.each([
    [[5]],
    [[5, 5, 5]],
    [[0, 0]],
    [[1e-300, 2e-300]],
    [[-1e300, 1e300]],
    [[-1.7e308, 1.7e308]],
    [[5e-324]],
    [[5e-324, 1e-323]],
    [[1e15, 1e15 + 1]],
    [[1.7e308]],
  ])("of %j has no broken number", (y) => {
    for (const yScale of ["linear", "log"] as const) {
      const svg = lineChart({ y }, { yScale });
      parseXml(svg);
      expect(svg).not.toMatch(/NaN|Infinity/);
    }
  });

  it("escapes all text", () => {
    const svg = chart({ [nasty]: [1], other: [2] }, { title: nasty, xLabel: nasty, yLabel: nasty });
    expect(texts(svg).filter((text) => text === nasty)).toHaveLength(4);
  });

  it("brings colours for light, dark or both", () => {
    expect(lineChart({ y: [1] })).toContain("prefers-color-scheme:dark");
    expect(lineChart({ y: [1] }, { theme: "dark" })).not.toContain("prefers-color-scheme");
    const scopes = (["auto", "light", "dark"] as const).map((theme) => chart({ y: [1] }, { theme }).attributes["class"]);
    expect(new Set(scopes).size).toBe(3);
  });

  it.each<[string, () => unknown, new () => Error, string]>([
    ["x and y of different length", () => lineChart([{ x: [1], y: [1, 2] }]), ShapeError, "series 0 has 1 x and 2 y values"],
    ["a list of numbers", () => lineChart([1, 2] as unknown as { y: number[] }[]), ArgError, "series 0 has no y"],
    ["nothing", () => lineChart(undefined as never), ArgError, "lineChart: takes series as { name: [..] } or [{ y: [..] }], got undefined"],
    [
      "null among the values",
      () => lineChart({ y: [1, null as never] }),
      ArgError,
      "y of series 0 has null at 1, expected a number (NaN for",
    ],
    ["big integers", () => lineChart({ y: BigInt64Array.of(1n) as never }), ArgError, "y of series 0 has 1n at 0"],
    ["a name that is no text", () => lineChart([{ name: 3 as never, y: [1] }]), ArgError, "the name of series 0 must be text, got 3"],
    ["an unknown option", () => lineChart({ y: [1] }, { logY: true } as never), ArgError, 'there is no option "logY", only title, xLabel'],
    ["a title that is no text", () => lineChart({ y: [1] }, { title: 3 as never }), ArgError, "title must be text, got 3"],
    ["a range upside down", () => lineChart({ y: [1] }, { yRange: [1, 0] }), ArgError, "yRange must be [low, high]"],
    ["a logarithmic range from 0", () => lineChart({ y: [1] }, { yRange: [0, 1], yScale: "log" }), ArgError, "above 0"],
    ["an unknown scale", () => lineChart({ y: [1] }, { xScale: "sqrt" as "log" }), ArgError, 'xScale must be "linear" or "log"'],
    ["an unknown theme", () => lineChart({ y: [1] }, { theme: "blue" as "dark" }), ArgError, "theme"],
    ["no width", () => lineChart({ y: [1] }, { width: Number.NaN }), ArgError, "width must be 120 to 16384 pixels, got NaN"],
  ])("refuses %s", (_, run, kind, message) => {
    expect(run).toThrow(kind);
    expect(run).toThrow(message);
  });
});

describe("heatmap", () => {
  const cellsOf = (svg: XmlNode): XmlNode[] => all(svg, "g").flatMap((g) => all(g, "rect"));

  it("draws a cell for each value, dark to bright, with the value in it and as its tooltip", () => {
    const svg = parseXml(
      heatmap(
        [
          [0, 5],
          [10, Number.NaN],
        ],
        { rowLabels: ["a", "b"], columnLabels: ["c", "d"] },
      ),
    );
    expect(cellsOf(svg).map(({ attributes }) => attributes["fill"])).toEqual(["#440154", "#21908d", "#fde725", "#8c8c8c"]);
    expect(cellsOf(svg).map((cell) => textOf(cell))).toEqual(["0", "5", "10", "NaN"]);
    expect(texts(svg)).toEqual(expect.arrayContaining(["a", "b", "c", "d", "0", "5", "10", "NaN"]));
  });

  it("takes what has a shape and values, such as a tensor", () => {
    const tensor = { shape: [1, 3], toTypedArray: () => Float32Array.of(1, 2, 3) };
    expect(cellsOf(parseXml(heatmap(tensor)))).toHaveLength(3);
    expect(() => heatmap({ ...tensor, shape: [3] })).toThrow("needs two dimensions, got [3]");
  });

  it("draws many cells as one image", () => {
    const svg = parseXml(heatmap(Array.from({ length: 100 }, (_, i) => Float32Array.from({ length: 100 }, (_, j) => i * j))));
    expect(cellsOf(svg)).toHaveLength(0);
    const [image] = all(svg, "image");
    expect(image?.attributes["style"]).toBe("image-rendering:pixelated");
    expect([image?.attributes["width"], image?.attributes["height"]]).toEqual(["600", "600"]);
  });

  it("annotates as told, or where there is room", () => {
    const inCells = (svg: string): number => all(parseXml(svg), "text").filter(({ attributes }) => attributes["pointer-events"]).length;
    const small = [
      [1, 2],
      [3, 4],
    ];
    const large = Array.from({ length: 40 }, () => new Array<number>(40).fill(1));
    expect([inCells(heatmap(small)), inCells(heatmap(small, { annotate: false })), inCells(heatmap(large))]).toEqual([4, 0, 0]);
    expect(inCells(heatmap(large, { annotate: true }))).toBe(1600);
  });

  it("has a scale of the range given", () => {
    const svg = parseXml(heatmap([[0.5]], { range: [-1, 1] }));
    expect(texts(svg)).toEqual(expect.arrayContaining(["-1", "0", "1"]));
  });

  it.each([[[[3, 3]]], [[[0]]], [[[Number.NaN]]], [[[1.7e308, -1.7e308]]], [[[1e15, 1e15 + 1]]], [[[-5, -5]]]])(
    "of %j has no broken number",
    (matrix) => {
      const svg = heatmap(matrix, { annotate: false });
      parseXml(svg);
      expect(svg.replaceAll("<title>NaN</title>", "")).not.toMatch(/NaN|Infinity/);
    },
  );

  it("escapes all text", () => {
    const svg = parseXml(heatmap([[1]], { title: nasty, rowLabels: [nasty], columnLabels: [nasty], xLabel: nasty, yLabel: nasty }));
    expect(texts(svg).filter((text) => text === nasty)).toHaveLength(5);
  });

  it.each<[string, () => unknown, new () => Error, string]>([
    ["no rows", () => heatmap([]), ShapeError, "the matrix is [0,0]"],
    ["no columns", () => heatmap([[], []]), ShapeError, "the matrix is [2,0]"],
    ["ragged rows", () => heatmap([[1, 2], [1]]), ShapeError, "row 1 has 1 values and row 0 has 2"],
    ["a number", () => heatmap(3 as never), ArgError, "takes rows of numbers or a tensor [rows, columns], got 3"],
    ["text for numbers", () => heatmap([["1"]] as never), ArgError, 'row 0 has "1" at 0, expected a number'],
    ["one label for all", () => heatmap([[1]], { rowLabels: "a" as never }), ArgError, 'rowLabels must be a list of texts, got "a"'],
    ["labels of another number", () => heatmap([[1]], { rowLabels: ["a", "b"] }), ShapeError, "2 rowLabels for 1"],
    ["an empty range", () => heatmap([[1]], { range: [1, 1] }), ArgError, "range must be [low, high]"],
    ["more cells than pixels", () => heatmap([new Float32Array(20_000)]), ArgError, "the width of all cells must be 1 to 16384 pixels"],
    ["a cell of no size", () => heatmap([[1]], { cellSize: 0 }), ArgError, "cellSize must be 1 to"],
  ])("refuses %s", (_, run, kind, message) => {
    expect(run).toThrow(kind);
    expect(run).toThrow(message);
  });
});

describe("imageGrid", () => {
  const grey = (value: number, caption?: string) => ({
    pixels: Uint8Array.of(value, 255 - value),
    width: 2,
    height: 1,
    ...(caption ? { caption } : {}),
  });
  const images = (svg: string): XmlNode[] => all(parseXml(svg), "image");
  const bytesOf = (image: XmlNode | undefined): Buffer =>
    Buffer.from((image?.attributes["href"] ?? "").replace("data:image/png;base64,", ""), "base64");
  /** The stored pixels stand 5 bytes behind zlib's 2, which stand 41 bytes into the file; one row here. */
  const pixelsOf = (image: XmlNode | undefined, count: number): number[] => [
    ...bytesOf(image).subarray(41 + 2 + 5 + 1, 41 + 2 + 5 + 1 + count),
  ];

  it("puts images in rows, each with its caption", () => {
    const svg = imageGrid([grey(0, "a"), grey(10, "b"), grey(20, "c")], { columns: 2, scale: 10, title: "Some" });
    const places = images(svg).map(({ attributes }) => [Number(attributes["x"]), Number(attributes["y"])] as const);
    expect(places[0]?.[1]).toBe(places[1]?.[1]);
    expect(places[2]?.[0]).toBe(places[0]?.[0]);
    expect(places[2]?.[1]).toBeGreaterThan(places[0]?.[1] as number);
    expect(texts(parseXml(svg))).toEqual(["Some", "a", "b", "c"]);
    expect(images(svg)[0]?.attributes).toMatchObject({ width: "20", height: "10", style: "image-rendering:pixelated" });
  });

  it("paints bytes as they are and other numbers by their range", () => {
    expect(pixelsOf(images(imageGrid([grey(7)]))[0], 2)).toEqual([7, 248]);
    const float = { pixels: Float32Array.of(0, 0.5, 1, -3, 9, Number.NaN), width: 6, height: 1 };
    expect(pixelsOf(images(imageGrid([float]))[0], 6)).toEqual([0, 128, 255, 0, 255, 0]);
    expect(pixelsOf(images(imageGrid([{ ...float, pixels: [-1, 0, 1, 1, 1, 1] }], { range: [-1, 1] }))[0], 3)).toEqual([0, 128, 255]);
  });

  it("interleaves planes of red, green and blue", () => {
    const rgb = { pixels: Uint8Array.of(1, 2, 10, 20, 100, 200), width: 2, height: 1 };
    expect(pixelsOf(images(imageGrid([rgb]))[0], 6)).toEqual([1, 10, 100, 2, 20, 200]);
  });

  it("of nothing is an empty picture", () => {
    expect(images(imageGrid([]))).toEqual([]);
  });

  it("escapes all text", () => {
    const svg = parseXml(imageGrid([grey(1, nasty)], { title: nasty, scale: 100 }));
    expect(texts(svg)).toEqual([nasty, nasty]);
  });

  it.each<[string, () => unknown, new () => Error, string]>([
    [
      "pixels that do not fill it",
      () => imageGrid([{ pixels: [1, 2, 3], width: 2, height: 1 }]),
      ShapeError,
      "image 0 has 3 values; 2 by 1 needs 2 for grey or 6 for colour",
    ],
    ["no size", () => imageGrid([{ pixels: [], width: 0, height: 0 }]), ArgError, "image 0 is 0 by 0"],
    ["one image", () => imageGrid(grey(1) as never), ArgError, "imageGrid: takes a list of images { pixels, width, height }"],
    ["an image that is none", () => imageGrid([null as never]), ArgError, "image 0 is undefined by undefined"],
    [
      "pixels that are none",
      () => imageGrid([{ pixels: "x" as never, width: 1, height: 1 }]),
      ArgError,
      "pixels of image 0 must be numbers",
    ],
    ["half a column", () => imageGrid([grey(1)], { columns: 1.5 }), ArgError, "columns"],
    ["no scale", () => imageGrid([grey(1)], { scale: 0 }), ArgError, "scale"],
    ["an empty range", () => imageGrid([grey(1)], { range: [1, 1] }), ArgError, "range"],
  ])("refuses %s", (_, run, kind, message) => {
    expect(run).toThrow(kind);
    expect(run).toThrow(message);
  });
});
