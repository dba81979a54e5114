// Callbacks by themselves: early stopping by a script of values, and progress as a terminal and a log file see it.
import { ArgError } from "simdgrad";
import {
  type Callback,
  type EarlyStoppingOptions,
  earlyStopping,
  fit,
  type ProgressOutput,
  progress,
  type TrainingState,
} from "simdgrad/train";
import { describe, expect, it } from "vitest";
import { numbers, Scale, sgd } from "./toy.js";

/** Plays epochs with the given values until the callback stops; gives the number of epochs. */
async function play(callback: Callback, script: readonly Record<string, number>[]): Promise<number> {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  const state = { stop } as unknown as TrainingState;
  await callback.onTrainBegin?.(state);
  let epoch = 0;
  while (epoch < script.length && !stopped) {
    const values = script[epoch] as Record<string, number>;
    epoch++;
    await callback.onEpochEnd?.(state, { epoch, seconds: 0, values });
  }
  return epoch;
}

describe("earlyStopping", () => {
  const rows: [string, EarlyStoppingOptions, string, number[], epochs: number][] = [
    ["stops when the loss rises", {}, "val_loss", [3, 2, 2.5, 1], 3],
    ["waits as long as patience says", { patience: 2 }, "val_loss", [3, 4, 4, 4, 1], 4],
    ["starts waiting anew after an improvement", { patience: 1 }, "val_loss", [3, 4, 2, 3, 1, 0], 6],
    ["does not count changes up to minDelta", { minDelta: 0.5 }, "val_loss", [3, 2.4, 2, 0], 3],
    ["takes standing still as no improvement", {}, "val_loss", [3, 3, 0], 2],
    ["takes NaN as no improvement", {}, "val_loss", [3, Number.NaN, 0], 2],
    ["climbs for accuracy", { monitor: "val_accuracy" }, "val_accuracy", [0.5, 0.6, 0.55, 0.9], 3],
    ["goes the way it is told", { monitor: "error", mode: "min" }, "error", [0.5, 0.4, 0.45, 0.1], 3],
    ["goes down for an error of the library", { monitor: "val_mae" }, "val_mae", [0.5, 0.4, 0.45, 0.1], 3],
    ["goes down for another one", { monitor: "rmse" }, "rmse", [2, 1, 3, 0], 3],
    ["climbs for a score of the library", { monitor: "val_f1" }, "val_f1", [0.5, 0.6, 0.55, 0.9], 3],
    ["takes undefined as not given", { monitor: undefined, patience: undefined, mode: undefined }, "val_loss", [3, 2, 2.5], 3],
    ["watches another loss downwards", { monitor: "loss" }, "loss", [2, 1, 3, 0], 3],
    ["lets training end by itself", { patience: 5 }, "val_loss", [3, 2, 1], 3],
  ];

  it.each(rows)("%s", async (_, options, name, script, epochs) => {
    const values = script.map((value) => ({ [name]: value }));
    const callback = earlyStopping(options);
    expect(await play(callback, values)).toBe(epochs);
    expect(await play(callback, values)).toBe(epochs); // begins anew with the next training
  });

  it.each<[EarlyStoppingOptions, string]>([
    [{ monitor: "error" }, 'whether a smaller or a larger "error" is better is not known; pass mode: "min" or mode: "max"'],
    [{ mode: "minimum" as never }, 'mode must be "min" or "max", got "minimum"'],
    [{ patience: -1 }, "patience must be a whole number of at least 0, got -1"],
    [{ patience: "3" as never }, 'patience must be a whole number of at least 0, got "3"'],
    [{ minDelta: Number.NaN }, "minDelta must be a finite number of at least 0, got NaN"],
    [{ monitor: 3 as never }, 'monitor must be the name of a value, such as "val_loss", got 3'],
    [{ min_delta: 1 } as never, 'there is no option "min_delta", only monitor, patience, minDelta, mode'],
    ["val_loss" as never, "options go into one object"],
  ])("refuses %j", (options, message) => {
    expect(() => earlyStopping(options)).toThrow(ArgError);
    expect(() => earlyStopping(options)).toThrow(`earlyStopping: ${message}`);
  });

  it("says which values there are when the one to watch is missing", async () => {
    const playing = play(earlyStopping(), [{ loss: 1, accuracy: 0.5 }]);
    await expect(playing).rejects.toThrow(ArgError);
    await expect(playing).rejects.toThrow('earlyStopping: there is no value "val_loss", only loss, accuracy');
  });

  it("stops fit", async () => {
    const model = new Scale();
    const history = await fit(model, [numbers([1], [1])], {
      ...{ loss: (x, y) => x.sub(y).sum(), optimizer: sgd(model, 0), epochs: 10 },
      callbacks: [earlyStopping({ monitor: "loss", patience: 2 })],
    });
    expect(history).toHaveLength(4);
  });
});

describe("progress", () => {
  /** Keeps what is written; the sequence that clears the rest of a line shows as "<clear>". */
  class Screen implements ProgressOutput {
    text = "";
    constructor(
      readonly isTerminal: boolean,
      readonly columns = 100,
    ) {}
    write(text: string): void {
      this.text += text.replace("\u001b[K", "<clear>");
    }
  }

  /** Trains two epochs of three steps each. */
  async function train(screen: Screen): Promise<void> {
    const model = new Scale();
    const data = [numbers([1], [3]), numbers([1], [3]), numbers([1], [3])];
    await fit(model, data, {
      loss: (x, y) => x.sub(y).square().mean(),
      optimizer: sgd(model, 0),
      epochs: 2,
      callbacks: [progress(screen)],
    });
  }

  it("needs something to write to", () => {
    expect(() => progress(3 as never)).toThrow(ArgError);
    expect(() => progress({} as never)).toThrow("progress: output must be an object with isTerminal, columns and write(text)");
  });

  it("writes one plain line per epoch where lines cannot be drawn over", async () => {
    const screen = new Screen(false);
    await train(screen);
    expect(screen.text).toMatch(
      /^epoch 1\/2 {2}loss 4\.0000 {2}\d+\.\d s {2}left \d+:\d\d\nepoch 2\/2 {2}loss 4\.0000 {2}\d+\.\d s {2}left 0:00\n$/,
    );
    expect(screen.text).not.toMatch(/\r|<clear>/);
  });

  it("draws a bar over and over in a terminal, and ends each epoch with its line", async () => {
    const screen = new Screen(true);
    await train(screen);
    const [first, ...rest] = screen.text.split("\n");
    expect(first).toMatch(/^\repoch 1\/2 █{8}░{16} 1\/3 {2}loss 4\.0000 {2}left \d+:\d\d<clear>/);
    expect(first).toMatch(/\repoch 1\/2 {2}loss 4\.0000 {2}\d+\.\d s {2}left \d+:\d\d<clear>$/);
    expect(rest).toHaveLength(2);
    expect(rest[1]).toBe("");
  });

  it("keeps the bar within the width of the terminal", async () => {
    const screen = new Screen(true, 30);
    await train(screen);
    const bars = screen.text.split("\r").filter((line) => /[█░]/.test(line));
    expect(bars.length).toBeGreaterThan(0);
    for (const bar of bars) expect(bar.replace("<clear>", "").length).toBeLessThan(30);
  });

  it("does not guess the time left when the number of steps is unknown", async () => {
    const screen = new Screen(false);
    const model = new Scale();
    const unknown = new Set([numbers([1], [1])]);
    await fit(model, unknown, { loss: (x, y) => x.sub(y).mean(), optimizer: sgd(model, 0), callbacks: [progress(screen)] });
    expect(screen.text).toMatch(/left --:--\n$/);
  });

  it("lines the epochs up", async () => {
    const screen = new Screen(false);
    const model = new Scale();
    await fit(model, [numbers([1], [1])], {
      loss: (x, y) => x.sub(y).mean(),
      optimizer: sgd(model, 0),
      epochs: 10,
      callbacks: [progress(screen)],
    });
    expect(
      screen.text
        .split("\n")
        .slice(0, 2)
        .map((line) => line.slice(0, 11)),
    ).toEqual(["epoch  1/10", "epoch  2/10"]);
  });
});
