// Loss and accuracy as they come in, drawn as SVG.
import { lineChart } from "simdgrad/plot";
import type { Progress } from "./training.js";

interface Line {
  readonly name: string;
  readonly x: number[];
  readonly y: number[];
}

/** Milliseconds between two drawings: batches come faster than anybody can look. */
const REDRAW = 250;
const SIZE = { width: 460, height: 270 } as const;

/** The two charts of a training run. */
export class Charts {
  readonly #loss: HTMLElement;
  readonly #accuracy: HTMLElement;
  #epochs = 1;
  #lines: Record<"batch" | "heldBackLoss" | "accuracy" | "heldBackAccuracy", Line> = emptyLines();
  #waiting = false;
  /** Accuracy is known once an epoch, loss with every batch. */
  #newAccuracy = true;

  constructor(loss: HTMLElement, accuracy: HTMLElement) {
    this.#loss = loss;
    this.#accuracy = accuracy;
    this.#draw();
  }

  /** Begins anew, for a run of so many epochs. */
  clear(epochs: number): void {
    this.#epochs = epochs;
    this.#lines = emptyLines();
    this.#newAccuracy = true;
    this.#drawSoon();
  }

  add(progress: Progress): void {
    const put = (line: Line, x: number, y: number): void => {
      line.x.push(x);
      line.y.push(y);
    };
    if (progress.type === "batch") {
      put(this.#lines.batch, progress.epoch - 1 + progress.batch / progress.batches, progress.loss);
    } else {
      put(this.#lines.heldBackLoss, progress.epoch, progress.heldBackLoss);
      put(this.#lines.accuracy, progress.epoch, 100 * progress.accuracy);
      put(this.#lines.heldBackAccuracy, progress.epoch, 100 * progress.heldBackAccuracy);
      this.#newAccuracy = true;
    }
    this.#drawSoon();
  }

  #drawSoon(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    setTimeout(() => {
      this.#waiting = false;
      this.#draw();
    }, REDRAW);
  }

  #draw(): void {
    const lines = this.#lines;
    const common = { ...SIZE, xLabel: "epoch", xRange: [0, this.#epochs] } as const;
    this.#loss.innerHTML = lineChart([lines.batch, lines.heldBackLoss], { ...common, title: "Loss" });
    if (!this.#newAccuracy) return;
    this.#newAccuracy = false;
    const accuracy = [lines.accuracy, lines.heldBackAccuracy];
    this.#accuracy.innerHTML = lineChart(accuracy, { ...common, title: "Accuracy, %", points: true });
  }
}

function emptyLines(): Record<"batch" | "heldBackLoss" | "accuracy" | "heldBackAccuracy", Line> {
  const line = (name: string): Line => ({ name, x: [], y: [] });
  return {
    batch: line("each batch"),
    heldBackLoss: line("held back"),
    accuracy: line("training"),
    heldBackAccuracy: line("held back"),
  };
}
