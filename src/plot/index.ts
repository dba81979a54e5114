// simdgrad/plot: pictures as SVG text, without a page to draw on.
export type { ScaleKind } from "./axis.js";
export { type HeatmapOptions, heatmap, type Matrix } from "./heatmap.js";
export { type GridImage, type ImageGridOptions, imageGrid } from "./imageGrid.js";
export { type LineChartOptions, lineChart } from "./lineChart.js";
export type { Series } from "./series.js";
export type { Theme } from "./theme.js";
