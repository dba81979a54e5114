// Line charts: losses and scores over epochs, curves of any kind.
import { readOptions } from "../options.js";
import { type Axis, axisOf, domainOf, type ScaleKind } from "./axis.js";
import { checkTexts } from "./given.js";
import { extent, type Runs, readSeries, runsOf, type Series, xOf, yOf } from "./series.js";
import { checkPixels, element, escapeXml, FONT_SIZE, fitText, short, textAt, textWidth } from "./svg.js";
import { picture, seriesStyle, type Theme } from "./theme.js";

/** Options of `lineChart`. */
export interface LineChartOptions {
  /** Text above the picture; none unless given. */
  readonly title?: string;
  /** What the x axis shows; nothing unless given. */
  readonly xLabel?: string;
  /** What the y axis shows; a single series' name unless given. */
  readonly yLabel?: string;
  /** Width in pixels; 640 unless given. */
  readonly width?: number;
  /** Height in pixels; 400 unless given. */
  readonly height?: number;
  /** Values the x axis shows; those of the data unless given. Lines are cut off at its ends. */
  readonly xRange?: readonly [low: number, high: number];
  /** Values the y axis shows; those of the data unless given. Lines are cut off at its ends. */
  readonly yRange?: readonly [low: number, high: number];
  /** Scale of the x axis, `"linear"` unless given; `"log"` shows values above 0 only. */
  readonly xScale?: ScaleKind;
  /** Scale of the y axis, `"linear"` unless given; `"log"` shows values above 0 only. */
  readonly yScale?: ScaleKind;
  /** Whether to mark each value with a dot; false unless given. */
  readonly points?: boolean;
  /** Colours of the picture; `"auto"` unless given. */
  readonly theme?: Theme;
}

type Optional = "yLabel" | "xRange" | "yRange";
type Settled = Required<Omit<LineChartOptions, Optional>> & { readonly [Name in Optional]: LineChartOptions[Name] | undefined };

const DEFAULTS: Settled = {
  title: "",
  xLabel: "",
  yLabel: undefined,
  width: 640,
  height: 400,
  xRange: undefined,
  yRange: undefined,
  xScale: "linear",
  yScale: "linear",
  points: false,
  theme: "auto",
};

const TITLE_SIZE = 15;
const LEGEND_ROW = 18;
/** Length of a line in the legend, and the space behind its name. */
const SWATCH = 22;
const LEGEND_GAP = 16;

/** The plot area in pixels of the picture. */
interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Draws lines as an SVG picture.
 *
 * series: values by name, `{ train: [..], validation: [..] }`, or a list of `{ name, x, y }`. NaN and infinities leave gaps; of
 * very long series each pixel column keeps its extremes. Result: the SVG as text, for a file, a page or a notebook.
 * Errors: `ShapeError` for x and y of different length, `ArgError` for values that are not numbers, no series, an unknown option, or a
 * range or size that does not fit.
 * @example
 * const history = await fit(model, train, { loss: new nn.CrossEntropyLoss(), optimizer, epochs: 20, validation: test });
 * const svg = lineChart(curves(history, "loss"), { xLabel: "epoch", yScale: "log" }); // loss and val_loss
 */
export function lineChart(series: readonly Series[] | Readonly<Record<string, ArrayLike<number>>>, options?: LineChartOptions): string {
  const settled = readOptions("lineChart", options, DEFAULTS);
  const { title, xLabel, xScale, yScale, xRange, yRange, points, theme } = settled;
  const width = checkPixels("lineChart", "width", settled.width, 120);
  const height = checkPixels("lineChart", "height", settled.height, 100);
  const lines = readSeries("lineChart", series);
  const yLabel = settled.yLabel ?? (lines.length === 1 ? (lines[0]?.name ?? "") : "");
  checkTexts("lineChart", { title, xLabel, yLabel });
  const legend = lines.length > 1 ? legendOf(lines, width) : [];

  const top = 14 + (title ? TITLE_SIZE + 8 : 0) + legend.length * LEGEND_ROW;
  const bottom = height - FONT_SIZE - (xLabel ? FONT_SIZE + 20 : 14);
  const yTicks = Math.max(2, Math.round((bottom - top) / 45));
  const yDomain = domainOf("lineChart", "y", yScale, yRange, extent(lines, yOf, yScale === "log"), yTicks);
  const yAxis = axisOf(yDomain, bottom, top, yTicks);
  const widest = Math.max(...yAxis.ticks.map(({ label }) => textWidth(label)), 0);
  const area: Area = { left: 14 + widest + (yLabel ? FONT_SIZE + 10 : 0), right: width - 18, top, bottom };
  const xDomain = domainOf("lineChart", "x", xScale, xRange, extent(lines, xOf, xScale === "log"), undefined);
  const xTicks = Math.max(2, Math.round((area.right - area.left) / 80));
  const counted = lines.every(({ x }) => x === undefined); // there is no epoch 0.5
  const xAxis = axisOf(xDomain, area.left, area.right, xTicks, counted ? 1 : 0);

  const drawn = lines.map((line) =>
    runsOf(
      line,
      (x) => xAxis.at(x) - area.left,
      (y) => yAxis.at(y) - area.top,
    ),
  );
  const nothing = drawn.every((runs) => runs.length === 0);
  const centre = (area.left + area.right) / 2;
  const middle = (area.top + area.bottom) / 2;
  return picture(
    width,
    height,
    title || [yLabel, xLabel].filter(Boolean).join(" over ") || "line chart",
    theme,
    title &&
      textAt(centre, 12 + TITLE_SIZE, fitText(title, width - 20, TITLE_SIZE), {
        size: TITLE_SIZE,
        anchor: "middle",
        weight: "bold",
      }),
    ...legend.map((row, r) => legendRow(row, area.left, top - 10 - (legend.length - 1 - r) * LEGEND_ROW)),
    gridX(xAxis, area),
    gridY(yAxis, area),
    xLabel && textAt(centre, height - 10, fitText(xLabel, width - 20), { anchor: "middle" }),
    yLabel && textAt(10 + FONT_SIZE / 2, middle, fitText(yLabel, height), { anchor: "middle", rotate: -90 }),
    nothing ? textAt(centre, middle, "no data", { anchor: "middle", class: "soft" }) : lineLayer(lines, drawn, area, points),
  );
}

/** Ticks that would leave the picture or run into each other keep their line and lose their label. */
function gridX({ at, ticks }: Axis, { left, right, top, bottom }: Area): string {
  let free = 0;
  const marks = ticks.map(({ value, label }) => {
    const x = at(value);
    const half = textWidth(label) / 2;
    const fits = x - half >= free && x + half <= right + 18;
    if (fits) free = x + half + 6;
    return (
      element("path", { class: "grid", d: `M${short(x)} ${short(top)}V${short(bottom)}` }) +
      (fits ? textAt(x, bottom + FONT_SIZE + 5, label, { anchor: "middle", class: "soft" }) : "")
    );
  });
  return marks.join("") + element("path", { class: "axis", d: `M${short(left)} ${short(bottom)}H${short(right)}` });
}

function gridY({ at, ticks }: Axis, { left, right }: Area): string {
  const marks = ticks.map(({ value, label }) => {
    const y = at(value);
    return (
      element("path", { class: "grid", d: `M${short(left)} ${short(y)}H${short(right)}` }) +
      textAt(left - 6, y + FONT_SIZE * 0.35, label, { anchor: "end", class: "soft" })
    );
  });
  return marks.join("");
}

/** The lines inside an inner picture, which cuts them off at the area's edges. */
function lineLayer(lines: readonly Series[], drawn: readonly Runs[], { left, right, top, bottom }: Area, points: boolean): string {
  const layers = lines.map(({ name }, i) => {
    const runs = drawn[i] as Runs;
    const { class: colour, dash } = seriesStyle(i);
    const d = runs.map((run) => run.map(([x, y], p) => `${p === 0 ? "M" : "L"}${short(x)} ${short(y)}`).join("")).join("");
    // A value between two gaps has no line to be on.
    const dots = (points ? runs : runs.filter((run) => run.length === 1)).flat();
    return element(
      "g",
      { class: colour },
      name ? `<title>${escapeXml(name)}</title>` : "",
      element("path", { d, fill: "none", "stroke-width": 2, "stroke-linejoin": "round", "stroke-dasharray": dash }),
      ...dots.map(([cx, cy]) => element("circle", { cx, cy, r: 3, fill: "currentColor", stroke: "none" })),
    );
  });
  // Room for a dot's radius, so that what lies on an edge is not halved.
  const frame = { x: left - 3, y: top - 3, width: right - left + 6, height: bottom - top + 6 };
  const view = `-3 -3 ${short(frame.width)} ${short(frame.height)}`;
  return element("svg", { ...frame, viewBox: view, overflow: "hidden" }, ...layers);
}

interface LegendItem {
  readonly i: number;
  readonly name: string;
  readonly x: number;
}

/** Names in rows, as many to a row as the width holds. */
function legendOf(lines: readonly Series[], width: number): LegendItem[][] {
  const rows: LegendItem[][] = [[]];
  let x = 0;
  lines.forEach((line, i) => {
    const name = fitText(line.name ?? `series ${i + 1}`, width / 2);
    const needs = SWATCH + 6 + textWidth(name) + LEGEND_GAP;
    if (x > 0 && x + needs > width - 100) {
      rows.push([]);
      x = 0;
    }
    (rows.at(-1) as LegendItem[]).push({ i, name, x });
    x += needs;
  });
  return rows;
}

function legendRow(row: readonly LegendItem[], left: number, y: number): string {
  const items = row.map(({ i, name, x }) => {
    const { class: colour, dash } = seriesStyle(i);
    const d = `M${short(left + x)} ${short(y - 4)}h${SWATCH}`;
    return element("path", { class: colour, d, "stroke-width": 2.5, "stroke-dasharray": dash }) + textAt(left + x + SWATCH + 6, y, name);
  });
  return items.join("");
}
