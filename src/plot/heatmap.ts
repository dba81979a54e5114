// Heat maps: matrices as coloured cells, above all confusion matrices.
import { checkBoolean, isGiven } from "../checks.js";
import { ArgError, describe, ShapeError } from "../errors.js";
import { readOptions } from "../options.js";
import { usableRange } from "./axis.js";
import { checkNumbers, checkRange, checkTexts } from "./given.js";
import { pngUri } from "./png.js";
import { hex, ramp, textOn } from "./ramp.js";
import { checkPixels, element, escapeXml, FONT_SIZE, fitText, textAt, textWidth } from "./svg.js";
import { picture, type Theme } from "./theme.js";
import { formatNumber, linearTicks } from "./ticks.js";

/** A matrix: rows of numbers, or anything with a shape of two sizes and its elements row after row, such as a tensor. */
export type Matrix = readonly ArrayLike<number>[] | { readonly shape: readonly number[]; toTypedArray(): ArrayLike<number> };

/** Options of `heatmap`. */
export interface HeatmapOptions {
  /** Text above the picture; none unless given. */
  readonly title?: string;
  /** Names of the rows; their numbers unless given. */
  readonly rowLabels?: readonly string[];
  /** Names of the columns; their numbers unless given. */
  readonly columnLabels?: readonly string[];
  /** What the rows are. */
  readonly yLabel?: string;
  /** What the columns are. */
  readonly xLabel?: string;
  /** Whether to write the values into the cells; when not given, if there is room. */
  readonly annotate?: boolean;
  /** Values of the darkest and brightest colour; smallest and largest of the matrix when not given. */
  readonly range?: readonly [low: number, high: number];
  /** Side of a cell in pixels; 40 and smaller for many cells when not given. */
  readonly cellSize?: number;
  /** Colours of the picture; `"auto"` unless given. */
  readonly theme?: Theme;
}

/** Up to this many cells are drawn one by one, each with its value as a tooltip; more become the pixels of one image. */
const MOST_RECTS = 1024;
const TITLE_SIZE = 15;
const BAR_WIDTH = 12;
const BAR_STEPS = 32;

interface Grid {
  readonly rows: number;
  readonly columns: number;
  at(row: number, column: number): number;
}

type Optional = "rowLabels" | "columnLabels" | "annotate" | "range" | "cellSize";
type Settled = Required<Omit<HeatmapOptions, Optional>> & { readonly [Name in Optional]: HeatmapOptions[Name] | undefined };

const DEFAULTS: Settled = {
  title: "",
  rowLabels: undefined,
  columnLabels: undefined,
  yLabel: "",
  xLabel: "",
  annotate: undefined,
  range: undefined,
  cellSize: undefined,
  theme: "auto",
};

function readMatrix(matrix: Matrix): Grid {
  if (!Array.isArray(matrix)) return readShaped(matrix as Exclude<Matrix, readonly ArrayLike<number>[]>);
  const list = matrix as readonly ArrayLike<number>[];
  for (const [r, row] of list.entries()) checkNumbers("heatmap", `row ${r}`, row);
  const columns = list[0]?.length ?? 0;
  const odd = list.findIndex((row) => row.length !== columns);
  if (odd >= 0) throw new ShapeError(`heatmap: row ${odd} has ${list[odd]?.length} values and row 0 has ${columns}`);
  return { rows: list.length, columns, at: (r, c) => (list[r] as ArrayLike<number>)[c] as number };
}

function readShaped(matrix: Exclude<Matrix, readonly ArrayLike<number>[]>): Grid {
  const { shape, toTypedArray } = (isGiven(matrix) ? matrix : {}) as Partial<typeof matrix>;
  if (!Array.isArray(shape) || typeof toTypedArray !== "function")
    throw new ArgError(`heatmap: takes rows of numbers or a tensor [rows, columns], got ${describe(matrix)}`);
  const [rows, columns] = shape as unknown as readonly [number, number];
  if (shape.length !== 2) throw new ShapeError(`heatmap: needs two dimensions, got ${describe(shape)}`);
  const values = checkNumbers("heatmap", "the matrix", toTypedArray.call(matrix));
  if (values.length !== rows * columns) throw new ShapeError(`heatmap: ${values.length} values do not fill ${describe(shape)}`);
  return { rows, columns, at: (r, c) => values[r * columns + c] as number };
}

/**
 * Draws a matrix as an SVG picture of coloured cells, from dark for low to bright for high; NaN is grey.
 *
 * matrix: rows of numbers, or a tensor [rows, columns] of any dtype. Result: the SVG as text.
 * Errors: `ShapeError` for ragged rows, an empty matrix, or labels of another number; `ArgError` for values that are not numbers, an
 * unknown option, or a range or size that does not fit.
 * @example heatmap([[1, 2], [3, 4]], { rowLabels: ["cat", "dog"], columnLabels: ["cat", "dog"], yLabel: "true", xLabel: "predicted" });
 */
export function heatmap(matrix: Matrix, options?: HeatmapOptions): string {
  const settled = readOptions("heatmap", options, DEFAULTS);
  const { title, xLabel, yLabel, theme } = settled;
  checkTexts("heatmap", { title, xLabel, yLabel });
  const grid = readMatrix(matrix);
  const { rows, columns } = grid;
  if (rows === 0 || columns === 0) {
    throw new ShapeError(`heatmap: the matrix is [${rows},${columns}]; needs at least one row and one column`);
  }
  const usual = Math.min(40, Math.max(1, Math.floor(600 / Math.max(rows, columns))));
  const cell = checkPixels("heatmap", "cellSize", settled.cellSize ?? usual, 1);
  checkPixels("heatmap", "the width of all cells", columns * cell, 1);
  checkPixels("heatmap", "the height of all cells", rows * cell, 1);
  const rowLabels = labelsOf("rowLabels", settled.rowLabels, rows);
  const columnLabels = labelsOf("columnLabels", settled.columnLabels, columns);
  const [low, high] = rangeOf(grid, settled.range);
  const annotate = checkBoolean("heatmap", "annotate", settled.annotate ?? cell >= 20);

  const longestColumn = Math.max(...columnLabels.map((label) => textWidth(label)));
  const upright = longestColumn <= cell - 4 || !settled.columnLabels;
  const left = 16 + Math.max(...rowLabels.map((label) => textWidth(label))) + (yLabel ? FONT_SIZE + 10 : 0);
  const top = 14 + (title ? TITLE_SIZE + 10 : 0);
  const [right, bottom] = [left + columns * cell, top + rows * cell];
  const under = 8 + (upright ? FONT_SIZE : longestColumn * Math.SQRT1_2 + FONT_SIZE / 2);
  const scaleWidth = BAR_WIDTH + 22 + Math.max(...scaleTicks(low, high, bottom - top).map(({ label }) => textWidth(label)));
  const width = Math.max(right + 14 + scaleWidth, textWidth(title, TITLE_SIZE) * 1.05 + 20);
  const height = bottom + under + (xLabel ? FONT_SIZE + 10 : 0) + 10;

  return picture(
    width,
    height,
    title || "heat map",
    theme,
    title && textAt(width / 2, 12 + TITLE_SIZE, title, { size: TITLE_SIZE, anchor: "middle", weight: "bold" }),
    cells(grid, left, top, cell, low, high),
    annotate ? annotations(grid, left, top, cell, low, high) : "",
    ...thinned(rowLabels, cell).map(([label, r]) => textAt(left - 6, top + (r + 0.5) * cell + FONT_SIZE * 0.35, label, { anchor: "end" })),
    ...thinned(columnLabels, cell, upright ? longestColumn : 0).map(([label, c]) => {
      const x = left + (c + 0.5) * cell;
      return upright
        ? textAt(x, bottom + FONT_SIZE + 4, label, { anchor: "middle" })
        : textAt(x + FONT_SIZE * 0.3, bottom + FONT_SIZE, label, { anchor: "end", rotate: -45 });
    }),
    xLabel && textAt((left + right) / 2, height - 10, xLabel, { anchor: "middle", class: "soft" }),
    yLabel && textAt(10 + FONT_SIZE / 2, (top + bottom) / 2, yLabel, { anchor: "middle", rotate: -90, class: "soft" }),
    scaleBar(right + 14, top, bottom, low, high),
  );
}

function labelsOf(name: string, given: readonly string[] | undefined, count: number): readonly string[] {
  if (given !== undefined && !Array.isArray(given)) throw new ArgError(`heatmap: ${name} must be a list of texts, got ${describe(given)}`);
  given?.forEach((label, i) => {
    checkTexts("heatmap", { [`${name}[${i}]`]: label });
  });
  if (given && given.length !== count) throw new ShapeError(`heatmap: ${given.length} ${name} for ${count}; give one for each`);
  return given?.map((label) => fitText(label, 160)) ?? Array.from({ length: count }, (_, i) => String(i));
}

function rangeOf({ rows, columns, at }: Grid, given: readonly [number, number] | undefined): readonly [number, number] {
  if (given !== undefined) return checkRange("heatmap", "range", given, ["low", "high"]);
  let [low, high] = [Infinity, -Infinity];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const value = at(r, c);
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high || (low === 0 && high === 0)) return [0, 1];
  return low === high ? [Math.min(low, 0), Math.max(high, 0)] : usableRange(low, high);
}

function cells({ rows, columns, at }: Grid, left: number, top: number, size: number, low: number, high: number): string {
  const colour = (r: number, c: number) => ramp((at(r, c) - low) / (high - low));
  if (rows * columns > MOST_RECTS) {
    const pixels = new Uint8Array(rows * columns * 3);
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) pixels.set(colour(r, c), (r * columns + c) * 3);
    const frame = { x: left, y: top, width: columns * size, height: rows * size, preserveAspectRatio: "none" };
    return element("image", { ...frame, style: "image-rendering:pixelated", href: pngUri(pixels, columns, rows, 3) });
  }
  let drawn = "";
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const frame = { x: left + c * size, y: top + r * size, width: size, height: size };
      drawn += element("rect", { ...frame, fill: hex(colour(r, c)) }, `<title>${escapeXml(formatNumber(at(r, c)))}</title>`);
    }
  }
  return element("g", { "shape-rendering": "crispEdges" }, drawn);
}

/** The values, in one size that lets the longest fit its cell. */
function annotations({ rows, columns, at }: Grid, left: number, top: number, cell: number, low: number, high: number): string {
  const texts: { text: string; r: number; c: number }[] = [];
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) texts.push({ text: formatNumber(at(r, c)), r, c });
  const longest = texts.reduce((widest, { text }) => Math.max(widest, textWidth(text, 1)), 1);
  const size = Math.min(13, (cell * 0.86) / longest);
  return texts
    .map(({ text, r, c }) => {
      const [x, y] = [left + (c + 0.5) * cell, top + (r + 0.5) * cell + size * 0.35];
      const fill = textOn(ramp((at(r, c) - low) / (high - low)));
      return element("text", { x, y, "font-size": size, "text-anchor": "middle", fill, "pointer-events": "none" }, text);
    })
    .join("");
}

/** As many labels as stand apart, evenly chosen, with their positions. */
function thinned(labels: readonly string[], cell: number, widest: number = FONT_SIZE): [label: string, position: number][] {
  const every = Math.max(1, Math.ceil((Math.max(widest, FONT_SIZE) + 6) / cell));
  return labels.map((label, i): [string, number] => [label, i]).filter(([, i]) => i % every === 0);
}

function scaleTicks(low: number, high: number, height: number): ReturnType<typeof linearTicks> {
  return linearTicks(low, high, Math.max(2, Math.round(height / 70)));
}

/** Which colour stands for which value. */
function scaleBar(x: number, top: number, bottom: number, low: number, high: number): string {
  const step = (bottom - top) / BAR_STEPS;
  let drawn = "";
  for (let i = 0; i < BAR_STEPS; i++) {
    const fill = hex(ramp(1 - (i + 0.5) / BAR_STEPS));
    drawn += element("rect", { x, y: top + i * step, width: BAR_WIDTH, height: step + (i < BAR_STEPS - 1 ? 0.5 : 0), fill });
  }
  const labels = scaleTicks(low, high, bottom - top).map(({ value, label }) => {
    const y = bottom - ((value - low) / (high - low)) * (bottom - top);
    return textAt(x + BAR_WIDTH + 5, y + FONT_SIZE * 0.35, label, { class: "soft" });
  });
  return drawn + labels.join("");
}
