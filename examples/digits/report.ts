// The report of a run: one HTML file with everything inside it.
import type { nn } from "simdgrad";
import type { ConfusionMatrix } from "simdgrad/metrics";
import { heatmap, imageGrid, lineChart } from "simdgrad/plot";
import type { History } from "simdgrad/train";
import type { Parts } from "./dataset.js";
import type { Options } from "./options.js";

/** What the report shows. */
export interface Results {
  options: Options;
  history: History;
  seconds: number;
  /** Accuracy on the test images. */
  share: number;
  matrix: ConfusionMatrix;
  summary: nn.ModelSummary;
  predicted: Int32Array;
  truth: Int32Array;
  test: Parts["test"];
  size: number;
}

/** More misclassified images than this are not shown. */
const MOST_IMAGES = 48;

const escapeHtml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function curve(history: History, name: string, title: string): string {
  const series = {
    training: history.map(({ values }) => values[name] ?? Number.NaN),
    validation: history.map(({ values }) => values[`val_${name}`] ?? Number.NaN),
  };
  const x = history.map(({ epoch }) => epoch);
  return lineChart(
    Object.entries(series).map(([label, y]) => ({ name: label, x, y })),
    { title, xLabel: "epoch", yLabel: name, width: 520, height: 320, points: history.length < 30 },
  );
}

function misclassified({ predicted, truth, test, size }: Results): string {
  const wrong = [...predicted.keys()].filter((i) => predicted[i] !== truth[i]);
  if (wrong.length === 0) return "<p>None.</p>";
  const images = wrong.slice(0, MOST_IMAGES).map((i) => {
    const [image, label] = test.get(i) as [image: import("simdgrad").Tensor, label: import("simdgrad").Tensor];
    const pixels = image.toTypedArray();
    image.dispose();
    label.dispose();
    return { pixels, width: size, height: size, caption: `${truth[i]} seen as ${predicted[i]}` };
  });
  const more = wrong.length > images.length ? `<p>The first ${images.length} of ${wrong.length}.</p>` : "";
  return more + imageGrid(images, { columns: 6 });
}

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
  h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; }
  .lead { opacity: 0.75; margin-top: 0.25rem; }
  .facts { display: flex; flex-wrap: wrap; gap: 2.5rem; margin: 1.5rem 0; }
  .facts b { display: block; font-size: 1.8rem; }
  .row { display: flex; flex-wrap: wrap; gap: 1rem; }
  pre { overflow-x: auto; font-size: 0.85rem; line-height: 1.35; }
  svg { max-width: 100%; height: auto; }`;

/** The page as text. */
export function writeReport(results: Results): string {
  const { options, history, seconds, share, matrix, summary, test } = results;
  const name = options.data === "digits" ? "UCI handwritten digits" : "MNIST";
  const facts = [
    [`${(100 * share).toFixed(2)}%`, `of ${test.length} held-back images right`],
    [`${seconds.toFixed(1)} s`, `for ${history.length} epochs`],
    [summary.parameters.toLocaleString("en"), "parameters"],
  ];
  const digits = Array.from({ length: 10 }, (_, i) => String(i));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${name}: ${options.model}</title>
<style>${STYLE}</style>
<h1>${name}</h1>
<p class="lead">A ${options.model} trained with simdgrad: batches of ${options.batchSize}, learning rate ${options.lr}, seed ${options.seed}.</p>
<div class="facts">${facts.map(([value, text]) => `<div><b>${value}</b>${text}</div>`).join("")}</div>
<h2>Training</h2>
<div class="row"><div>${curve(history, "loss", "Loss")}</div><div>${curve(history, "accuracy", "Accuracy")}</div></div>
<h2>Confusion matrix</h2>
${heatmap(matrix.counts, { title: "Held-back images", yLabel: "digit", xLabel: "predicted", rowLabels: digits, columnLabels: digits, annotate: true })}
<h2>Misclassified images</h2>
${misclassified(results)}
<h2>Model</h2>
<pre>${escapeHtml(String(summary))}</pre>
</html>
`;
}
