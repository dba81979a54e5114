// The report of a run: one HTML file with everything inside it.
import type { nn } from "simdgrad";
import { type ConfusionMatrix, f1, precision, recall } from "simdgrad/metrics";
import { heatmap, imageGrid, lineChart } from "simdgrad/plot";
import { curves, type History } from "simdgrad/train";
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
  /** Number of images that the validation values are from. */
  validated: number;
  size: number;
  /** Kernels and version of the library. */
  runtime: { simd: string; version: string };
  /** When the run ended. */
  date: Date;
}

/** More misclassified images than this are not shown. */
const MOST_IMAGES = 48;

const MODEL_NAMES = { cnn: "CNN", mlp: "two-layer network" } as const;

const escapeHtml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const percent = (value: number, digits = 2): string => `${(100 * value).toFixed(digits)}%`;

/** The epoch with the smallest validation loss; the first of equal ones. */
function bestOf(history: History): History[number] {
  const loss = ({ values }: History[number]): number => values["val_loss"] ?? Number.NaN;
  return history.reduce((best, record) => (loss(record) < loss(best) ? record : best));
}

/** Training and validation over the epochs, with a dot at the best one. */
function curve(history: History, name: "loss" | "accuracy", title: string): string {
  const lines = curves(history, name).map((line) => ({ ...line, name: line.name === name ? "training" : "validation" }));
  const best = bestOf(history);
  const dot = { name: `least validation loss: epoch ${best.epoch}`, x: [best.epoch], y: [best.values[`val_${name}`] as number] };
  return lineChart([...lines, dot], { title, xLabel: "epoch", yLabel: name, width: 560, height: 340 });
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
  const first = wrong.length > images.length ? `; the first ${images.length} are shown` : "";
  return `<p>${wrong.length} of ${truth.length.toLocaleString("en")} images${first}.</p>${imageGrid(images, { columns: 5 })}`;
}

/** Precision, recall and F1 of each digit. */
function classTable(matrix: ConfusionMatrix): string {
  const scores = [precision, recall, f1].map((score) => score(matrix, { average: "none" }));
  const rows = matrix.names.map((name, c) => {
    const cells = [matrix.support(c), matrix.support(c) - matrix.truePositives(c), ...scores.map((of) => percent(of[c] as number, 1))];
    return `<tr><th scope="row">${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const head = ["digit", "images", "missed", "precision", "recall", "F1"].map((title) => `<th scope="col">${title}</th>`);
  return `<table><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** Why the two lines of a chart are not the same thing. */
function aboutCurves({ options, validated }: Results): string {
  const regularized = options.model === "cnn" ? "with dropout and with images shifted at random" : "with images shifted at random";
  return `Training values are averages over an epoch, ${regularized}, while the network still learns; validation values come
from the network as it is after the epoch, without any of this. Validation can therefore be better than training. It has ${validated.toLocaleString("en")} images, so that a
single one is ${(100 / validated).toFixed(2)} percentage points of its accuracy.`;
}

const STYLE = `
  :root { color-scheme: light dark; }
  @media (prefers-color-scheme: dark) { html { background: #0d1117; color: #f0f3f6; } }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 1180px; margin: 2rem auto; padding: 0 1rem; }
  h1 { margin-bottom: 0; } h2 { margin: 2.5rem 0 0.75rem; }
  .lead, .note { opacity: 0.8; } .lead { margin-top: 0.25rem; } .note { max-width: 46rem; font-size: 0.9rem; }
  .facts { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1.5rem 0; }
  .facts b { display: block; font-size: 1.8rem; }
  .row { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 0 2rem; align-items: start; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  th, td { padding: 0.2rem clamp(0.25rem, 1.2vw, 0.9rem); text-align: right; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
  thead th { font-weight: 600; } th:first-child { text-align: left; padding-left: 0; }
  pre { overflow-x: auto; font-size: 0.8rem; line-height: 1.35; }
  svg { max-width: 100%; height: auto; }`;

/** The page as text. */
export function writeReport(results: Results): string {
  const { options, history, seconds, share, matrix, summary, test, runtime, date } = results;
  const name = options.data === "digits" ? "UCI handwritten digits" : "MNIST";
  const best = bestOf(history);
  const facts = [
    [percent(share), `of ${test.length.toLocaleString("en")} held-back images right`],
    [`epoch ${best.epoch}`, `of ${history.length} had the least validation loss`],
    [`${seconds.toFixed(1)} s`, `for ${history.length} epoch${history.length === 1 ? "" : "s"}`],
    [summary.parameters.toLocaleString("en"), "parameters"],
  ];
  const digits = matrix.names;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${name}: ${MODEL_NAMES[options.model]}</title>
<style>${STYLE}</style>
<h1>${name}</h1>
<p class="lead">A ${MODEL_NAMES[options.model]} trained in batches of ${options.batchSize}, learning rate from ${options.lr} down to almost 0, seed ${options.seed}.<br>
${date.toISOString().slice(0, 16).replace("T", " ")} UTC, simdgrad ${runtime.version} (${runtime.simd} kernels), Node ${process.versions.node}</p>
<div class="facts">${facts.map(([value, text]) => `<div><b>${value}</b>${text}</div>`).join("")}</div>
<h2>Training</h2>
<div class="row"><div>${curve(history, "loss", "Loss")}</div><div>${curve(history, "accuracy", "Accuracy")}</div></div>
<p class="note">${aboutCurves(results)} The network of the last epoch is the one that was saved and tested.</p>
<div class="row">
<div>
<h2>Confusion matrix</h2>
${heatmap(matrix.counts, { title: "Held-back images", yLabel: "digit", xLabel: "predicted", rowLabels: digits, columnLabels: digits, annotate: true })}
<h2>Digit by digit</h2>
${classTable(matrix)}
</div>
<div>
<h2>Misclassified images</h2>
${misclassified(results)}
<h2>Model</h2>
<pre>${escapeHtml(String(summary))}</pre>
</div>
</div>
</html>
`;
}
