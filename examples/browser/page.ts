// The page: its buttons, what can be pressed when, and what the worker's reports change. All work on tensors is the worker's.
import { Answer } from "./answer.js";
import { Charts } from "./charts.js";
import { drawOn } from "./drawing.js";
import { digitOf } from "./ink.js";
import type { Command, Report } from "./protocol.js";
import type { Settings } from "./training.js";

/** What is going on. */
type State = "loading" | "idle" | "training" | "cancelling" | "cancelled" | "broken";

const BUTTONS = ["train", "cancel", "resume", "save", "load"] as const;
const ENABLED: Readonly<Record<State, readonly (typeof BUTTONS)[number][]>> = {
  loading: [],
  idle: ["train", "save", "load"],
  training: ["cancel", "save"],
  cancelling: [],
  cancelled: ["train", "resume", "save", "load"],
  broken: [],
};

const find = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const count = (n: number): string => n.toLocaleString("en");
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "training" });
const charts = new Charts(find("loss"), find("accuracy"));
const answer = new Answer(find("answer"), find("bars"), find("seen"));
const drawing = drawOn(find("pad"), classify);
const progress = find<HTMLProgressElement>("progress");
const file = find<HTMLInputElement>("file");
let question = 0;
/** The last batch, and the frame in which it will be shown. */
let latest: Extract<Report, { type: "batch" }> | undefined;
let pending = 0;

function send(command: Command, transfer: Transferable[] = []): void {
  worker.postMessage(command, transfer);
}

function enter(state: State, says?: string): void {
  document.body.dataset["state"] = state;
  for (const button of BUTTONS) find<HTMLButtonElement>(button).disabled = !ENABLED[state].includes(button);
  if (says !== undefined) find("status").textContent = says;
}

function settings(): Settings {
  const { valueAsNumber } = find<HTMLInputElement>("epochs");
  const epochs = Math.min(Math.max(Math.round(valueAsNumber) || 1, 1), 99);
  return { epochs, batchSize: 32, lr: 0.003, seed: 1 };
}

/** Only the answer to the latest question is shown. */
function classify(): void {
  const pixels = digitOf(drawing.ink, drawing.side);
  answer.saw(pixels);
  question++;
  if (pixels.some((value) => value > 0)) send({ type: "classify", id: question, pixels });
  else answer.clear();
}

function download(content: ArrayBuffer): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content]));
  link.download = "digits.safetensors";
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Batches come faster than frames. */
function showLatest(): void {
  cancelAnimationFrame(pending);
  pending = 0;
  if (!latest) return;
  const { epoch, batch, batches, loss } = latest;
  progress.value = epoch - 1 + batch / batches;
  find("status").textContent = `Epoch ${epoch} of ${progress.max}, batch ${batch} of ${batches}, loss ${loss.toFixed(4)}`;
}

function show(report: Report): void {
  const state = document.body.dataset["state"] as State;
  switch (report.type) {
    case "ready": {
      const { images, heldBack, parameters, kernels } = report;
      find("facts").textContent =
        `${count(images)} images to learn from, ${heldBack} held back, ${count(parameters)} parameters, ${kernels} kernels`;
      enter("idle", "Ready.");
      break;
    }
    case "batch":
      charts.add(report);
      latest = report;
      pending ||= requestAnimationFrame(showLatest);
      break;
    case "epoch":
      charts.add(report);
      find("held-back").textContent = percent(report.heldBackAccuracy);
      classify();
      break;
    case "stopped":
      showLatest();
      if (report.why === "finished") enter("idle", `Finished: epoch ${progress.max} of ${progress.max}.`);
      else enter("cancelled", `${find("status").textContent}. Cancelled; resume goes on from here.`);
      break;
    case "classified":
      if (report.id === question) answer.show(report.probabilities);
      break;
    case "saved":
      download(report.file);
      break;
    case "loaded":
      restart();
      find("held-back").textContent = percent(report.heldBackAccuracy);
      classify();
      enter("cancelled", "Loaded; resume trains it further.");
      break;
    case "failed":
      showLatest();
      if (state === "loading") enter("broken", report.message);
      else enter(state === "training" ? "idle" : state, report.message);
  }
}

/** Charts and bar for a run that begins. */
function restart(): void {
  const { epochs } = settings();
  latest = undefined;
  charts.clear(epochs);
  progress.max = epochs;
  progress.value = 0;
}

const pressed: Readonly<Record<(typeof BUTTONS)[number], () => void>> = {
  train() {
    restart();
    send({ type: "train", settings: settings() });
    enter("training");
  },
  cancel() {
    send({ type: "cancel" });
    enter("cancelling");
  },
  resume() {
    send({ type: "resume" });
    enter("training");
  },
  save: () => send({ type: "save" }),
  load: () => file.click(),
};

for (const button of BUTTONS) find(button).addEventListener("click", pressed[button]);
find("clear").addEventListener("click", () => drawing.clear());
file.addEventListener("change", async () => {
  const content = await file.files?.[0]?.arrayBuffer();
  file.value = ""; // choosing the same file again is a change too
  if (content) send({ type: "load", file: content, settings: settings() }, [content]);
});
worker.addEventListener("message", ({ data }: MessageEvent<Report>) => show(data));
worker.addEventListener("error", ({ message }) => enter("broken", `The worker did not start: ${message || "its script does not load"}`));
restart();
enter("loading");
