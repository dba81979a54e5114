// A progress bar in a terminal, plain lines elsewhere.
import { checkWhole } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import { readOptions } from "../options.js";
import type { Callback, EpochRecord, TrainingState } from "./callbacks.js";

/** Where progress is written. */
export interface ProgressOutput {
  /** Whether a line can be overwritten. */
  readonly isTerminal: boolean;
  /** Characters of a line. */
  readonly columns: number;
  /** Writes text, with the line break if there is one. */
  write(text: string): void;
}

/** Options of `progress`. */
export interface ProgressOptions {
  /**
   * A line for every so many epochs, and for the first and the last one. Not given: at most 50 lines, but one after ten seconds in any case.
   */
  readonly every?: number | undefined;
  /** Standard output where there is one, else the console, unless given. */
  readonly output?: ProgressOutput | undefined;
}

const BAR = 24;
/** Milliseconds between two updates of the bar. */
const REDRAW = 80;
/** Without `every`: no more lines than these, as long as each epoch takes little time, */
const LINES = 50;
/** and milliseconds after which there is a line in any case. */
const LONG = 10_000;

interface StreamLike {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

function defaultOutput(): ProgressOutput {
  const { process } = globalThis as { process?: { stdout?: StreamLike } };
  const stream = process?.stdout;
  if (!stream?.write) return { isTerminal: false, columns: 100, write: (text) => console.log(text.replace(/\n$/, "")) };
  return { isTerminal: stream.isTTY === true, columns: stream.columns ?? 100, write: (text) => void stream.write(text) };
}

function checkOutput(output: unknown): ProgressOutput {
  if (typeof (output as Partial<ProgressOutput> | null)?.write === "function") return output as ProgressOutput;
  throw new ArgError(`progress: output must be an object with isTerminal, columns and write(text), got ${describe(output)}`);
}

function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "--:--";
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The values, and the learning rate of the step just made where the optimizer tells it. */
function formatValues({ values, optimizer: { lr } }: TrainingState): string {
  const shown = Object.entries(values).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  if (typeof lr === "number") shown.push(`lr ${lr.toExponential(2)}`);
  return shown.join("  ");
}

/**
 * Shows epoch, step, loss, metrics, learning rate and the time that is left: as a bar that is drawn over again in a terminal, and as plain
 * lines, one per epoch or fewer where there are many. The learning rate is the optimizer's `lr`.
 * Errors: `ArgError` for unknown options, an `every` below 1, and an output that cannot be written to.
 * @example await fit(model, train, { loss: new nn.CrossEntropyLoss(), optimizer, callbacks: [progress()] });
 * @example progress({ every: 10 });
 */
export function progress(options: ProgressOptions = {}): Callback {
  const { every, output: given } = readOptions<ProgressOptions>("progress", options, { every: undefined, output: undefined });
  if (every !== undefined) checkWhole("progress", "every", every, 1);
  const output = given === undefined ? defaultOutput() : checkOutput(given);
  let started = 0;
  let drawn = 0;
  let done = 0;
  let lastLine = 0;
  /** The line of the last epoch, if it was left out. */
  let held: string | undefined;
  const total = ({ epochs, stepsPerEpoch }: TrainingState): number => epochs * (stepsPerEpoch ?? Number.NaN);
  const left = (state: TrainingState): string => formatSeconds((((performance.now() - started) / 1000) * (total(state) - done)) / done);
  const epochOf = ({ epoch, epochs }: TrainingState): string => `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;

  const isDue = ({ epoch, epochs }: TrainingState): boolean => {
    if (epoch === 1 || epoch === epochs || epoch % (every ?? Math.ceil(epochs / LINES)) === 0) return true;
    return every === undefined && performance.now() - lastLine >= LONG;
  };
  const writeLine = (line: string): void => {
    output.write(output.isTerminal ? `\r${line}\u001b[K\n` : `${line}\n`);
    lastLine = performance.now();
  };

  return {
    onTrainBegin() {
      started = performance.now();
      lastLine = started;
      drawn = 0;
      done = 0;
      held = undefined;
    },
    onStep(state) {
      done++;
      const now = performance.now();
      if (!output.isTerminal || now - drawn < REDRAW) return;
      drawn = now;
      const { step, stepsPerEpoch } = state;
      const filled = stepsPerEpoch ? Math.round((BAR * step) / stepsPerEpoch) : 0;
      const bar = `${"█".repeat(filled)}${"░".repeat(BAR - filled)}`;
      const line = `${epochOf(state)} ${bar} ${step}/${stepsPerEpoch ?? "?"}  ${formatValues(state)}  left ${left(state)}`;
      output.write(`\r${line.slice(0, output.columns - 1)}\u001b[K`);
    },
    onEpochEnd(state, { seconds }: EpochRecord) {
      const line = `${epochOf(state)}  ${formatValues(state)}  ${seconds.toFixed(1)} s  left ${left(state)}`;
      held = isDue(state) ? undefined : line;
      if (held === undefined) writeLine(line);
    },
    onTrainEnd() {
      // Training was stopped at an epoch whose line was left out.
      if (held !== undefined) writeLine(held);
    },
  };
}
