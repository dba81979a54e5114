// What the network makes of a drawing: the pixels it sees, the digit, and how sure it is of each.
import { BRIGHTEST, SIDE } from "./ink.js";

const DIGITS = 10;

export class Answer {
  readonly #digit: HTMLElement;
  readonly #rows: readonly { readonly row: HTMLElement; readonly bar: HTMLMeterElement; readonly share: HTMLElement }[];
  readonly #seen: HTMLCanvasElement;

  constructor(digit: HTMLElement, list: HTMLElement, seen: HTMLCanvasElement) {
    this.#digit = digit;
    this.#seen = seen;
    this.#rows = Array.from({ length: DIGITS }, (_, i) => {
      const row = document.createElement("li");
      const bar = document.createElement("meter");
      const share = document.createElement("span");
      bar.ariaLabel = `probability of ${i}`;
      row.append(String(i), bar, share);
      list.append(row);
      return { row, bar, share };
    });
    this.clear();
  }

  /** Shows the 64 pixels of 0 to 16 that are asked about. */
  saw(pixels: Float32Array): void {
    const context = this.#seen.getContext("2d") as CanvasRenderingContext2D;
    const image = context.createImageData(SIDE, SIDE);
    const [red, green, blue] = getComputedStyle(this.#seen).color.match(/\d+/g)?.map(Number) ?? [];
    for (const [i, value] of pixels.entries()) image.data.set([red ?? 0, green ?? 0, blue ?? 0, (255 * value) / BRIGHTEST], 4 * i);
    context.putImageData(image, 0, 0);
  }

  show(probabilities: Float32Array): void {
    const most = Math.max(...probabilities);
    this.#digit.textContent = String(probabilities.indexOf(most));
    for (const [i, { row, bar, share }] of this.#rows.entries()) {
      const value = probabilities[i] as number;
      row.classList.toggle("most", value === most);
      bar.value = value;
      share.textContent = `${(100 * value).toFixed(1)}%`;
    }
  }

  /** Nothing is drawn, so there is nothing to say. */
  clear(): void {
    this.#digit.textContent = "?";
    for (const { row, bar, share } of this.#rows) {
      row.classList.remove("most");
      bar.value = 0;
      share.textContent = "";
    }
  }
}
