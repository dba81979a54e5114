// A progress bar in a terminal, plain lines elsewhere.
import { ArgError, describe } from "../errors.js";
import type { Callback, TrainingState } from "./callbacks.js";

/** Where progress is written. */
export interface ProgressOutput {
  /** Whether a line can be drawn over again. */
  readonly isTerminal: boolean;
  /** Characters of a line. */
  readonly columns: number;
  /** Writes text, with the line break if there is one. */
  write(text: string): void;
}

const BAR = 24;
/** Milliseconds between two drawings of the bar. */
const REDRAW = 80;

interface StreamLike {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Standard output where there is one, else the console, line by line. */
function defaultOutput(): ProgressOutput {
  const { process } = globalThis as { process?: { stdout?: StreamLike } };
  const stream = process?.stdout;
  if (!stream?.write) return { isTerminal: false, columns: 100, write: (text) => console.log(text.replace(/\n$/, "")) };
  return { isTerminal: stream.isTTY === true, columns: stream.columns ?? 100, write: (text) => void stream.write(text) };
}

function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "--:--";
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function formatValues(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join("  ");
}

/**
 * Shows epoch, step, loss, metrics and the time that is left: as a bar that is drawn over again in a terminal, as one
 * plain line per epoch elsewhere. Errors: `ArgError` for an output that cannot be written to.
 * @example await fit(model, train, { loss: new nn.CrossEntropyLoss(), optimizer, callbacks: [progress()] });
 */
export function progress(output: ProgressOutput = defaultOutput()): Callback {
  if (typeof (output as Partial<ProgressOutput> | null)?.write !== "function") {
    throw new ArgError(`progress: output must be an object with isTerminal, columns and write(text), got ${describe(output)}`);
  }
  let started = 0;
  let drawn = 0;
  let done = 0;
  const total = ({ epochs, stepsPerEpoch }: TrainingState): number => epochs * (stepsPerEpoch ?? Number.NaN);
  const left = (state: TrainingState): string => formatSeconds((((performance.now() - started) / 1000) * (total(state) - done)) / done);
  const epochOf = ({ epoch, epochs }: TrainingState): string => `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
  return {
    onTrainBegin() {
      started = performance.now();
      drawn = 0;
      done = 0;
    },
    onStep(state) {
      done++;
      const now = performance.now();
      if (!output.isTerminal || now - drawn < REDRAW) return;
      drawn = now;
      const { step, stepsPerEpoch } = state;
      const filled = stepsPerEpoch ? Math.round((BAR * step) / stepsPerEpoch) : 0;
      const bar = `${"█".repeat(filled)}${"░".repeat(BAR - filled)}`;
      const line = `${epochOf(state)} ${bar} ${step}/${stepsPerEpoch ?? "?"}  ${formatValues(state.values)}  left ${left(state)}`;
      output.write(`\r${line.slice(0, output.columns - 1)}\u001b[K`);
    },
    onEpochEnd(state, { seconds, values }) {
      const line = `${epochOf(state)}  ${formatValues(values)}  ${seconds.toFixed(1)} s  left ${left(state)}\n`;
      output.write(output.isTerminal ? `\r${line.replace("\n", "\u001b[K\n")}` : line);
    },
  };
}
