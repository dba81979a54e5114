// Callbacks by themselves: early stopping by a script of values, and progress as a terminal and a log file see it.
import { ArgError, type Tensor } from "simdgrad";
import { lineChart } from "simdgrad/plot";
import {
  type Callback,
  curves,
  type EarlyStoppingOptions,
  earlyStopping,
  fit,
  type History,
  type ProgressOptions,
  type ProgressOutput,
  progress,
  type Steps,
  type TrainingState,
} from "simdgrad/train";
import { describe, expect, it, vi } from "vitest";
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
      callbacks: [progress({ output: screen })],
    });
  }

  it("needs something to write to", () => {
    expect(() => progress({ output: {} as never })).toThrow(ArgError);
    expect(() => progress({ output: {} as never })).toThrow("progress: output must be an object with isTerminal, columns and write(text)");
  });

  it.each<[unknown, string]>([
    [10, "progress: options go into one object"],
    [{ each: 10 }, 'progress: there is no option "each", only every, output'],
    [{ every: 0 }, "progress: every must be a whole number of at least 1, got 0"],
  ])("refuses %j", (options, message) => {
    expect(() => progress(options as never)).toThrow(ArgError);
    expect(() => progress(options as never)).toThrow(message);
  });

  it("writes one plain line per epoch where lines cannot be drawn over", async () => {
    const screen = new Screen(false);
    await train(screen);
    expect(screen.text).toMatch(
      /^epoch 1\/2 {2}loss 4\.0000 {2}lr 0\.00e\+0 {2}\d+\.\d s {2}left \d+:\d\d\nepoch 2\/2 {2}loss 4\.0000 {2}lr 0\.00e\+0 {2}\d+\.\d s {2}left 0:00\n$/,
    );
    expect(screen.text).not.toMatch(/\r|<clear>/);
  });

  it("draws a bar over and over in a terminal, and ends each epoch with its line", async () => {
    const screen = new Screen(true);
    await train(screen);
    const [first, ...rest] = screen.text.split("\n");
    expect(first).toMatch(/^\repoch 1\/2 █{8}░{16} 1\/3 {2}loss 4\.0000 {2}lr 0\.00e\+0 {2}left \d+:\d\d<clear>/);
    expect(first).toMatch(/\repoch 1\/2 {2}loss 4\.0000 {2}lr 0\.00e\+0 {2}\d+\.\d s {2}left \d+:\d\d<clear>$/);
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
    await fit(model, unknown, { loss: (x, y) => x.sub(y).mean(), optimizer: sgd(model, 0), callbacks: [progress({ output: screen })] });
    expect(screen.text).toMatch(/left --:--\n$/);
  });

  it("lines the epochs up", async () => {
    const screen = new Screen(false);
    const model = new Scale();
    await fit(model, [numbers([1], [1])], {
      loss: (x, y) => x.sub(y).mean(),
      optimizer: sgd(model, 0),
      epochs: 10,
      callbacks: [progress({ output: screen })],
    });
    expect(
      screen.text
        .split("\n")
        .slice(0, 2)
        .map((line) => line.slice(0, 11)),
    ).toEqual(["epoch  1/10", "epoch  2/10"]);
  });

  describe("of many epochs", () => {
    /** The epochs that have a line. */
    async function shown(epochs: number, options: ProgressOptions, stopAt = epochs): Promise<number[]> {
      const screen = new Screen(false);
      const model = new Scale();
      const stop: Callback = { onEpochEnd: (state) => (state.epoch === stopAt ? state.stop() : undefined) };
      await fit(model, [numbers([1], [1])], {
        ...{ loss: (x, y) => x.sub(y).mean(), optimizer: sgd(model, 0), epochs },
        callbacks: [progress({ output: screen, ...options }), stop],
      });
      return [...screen.text.matchAll(/^epoch +(\d+)/gm)].map(([, epoch]) => Number(epoch));
    }

    it("are few lines, the first and the last among them", async () => {
      expect(await shown(200, {})).toEqual([1, ...Array.from({ length: 50 }, (_, i) => 4 * (i + 1))]);
      expect(await shown(201, {})).toEqual([1, ...Array.from({ length: 40 }, (_, i) => 5 * (i + 1)), 201]);
      expect(await shown(50, {})).toHaveLength(50);
    });

    it("are as many as said", async () => {
      expect(await shown(7, { every: 3 })).toEqual([1, 3, 6, 7]);
      expect(await shown(40, { every: 1 })).toHaveLength(40);
    });

    it("end with the one at which training was stopped", async () => {
      expect(await shown(100, { every: 10 }, 15)).toEqual([1, 10, 15]);
      expect(await shown(100, { every: 10 }, 20)).toEqual([1, 10, 20]);
    });

    it("have a line in any case when they take long, unless said otherwise", async () => {
      const now = vi.spyOn(performance, "now");
      try {
        let seconds = 0;
        now.mockImplementation(() => 1000 * seconds);
        const slow = (options: ProgressOptions): number[] => {
          const screen = new Screen(false);
          const callback = progress({ output: screen, ...options });
          const state = { epochs: 1000, stepsPerEpoch: 1, values: {}, optimizer: {} } as unknown as TrainingState;
          seconds = 0;
          callback.onTrainBegin?.(state);
          for (state.epoch = 1; state.epoch <= 8; state.epoch++) {
            seconds += 4;
            callback.onStep?.(state);
            callback.onEpochEnd?.(state, { epoch: state.epoch, seconds: 4, values: {} });
          }
          return [...screen.text.matchAll(/^epoch +(\d+)/gm)].map(([, epoch]) => Number(epoch));
        };
        expect(slow({})).toEqual([1, 4, 7]);
        expect(slow({ every: 100 })).toEqual([1]);
      } finally {
        now.mockRestore();
      }
    });
  });

  it("shows the learning rate of each epoch, and none where the optimizer tells none", async () => {
    const model = new Scale();
    const train = async (optimizer: Steps, callbacks: Callback[] = []): Promise<string> => {
      const screen = new Screen(false);
      const given = { loss: (x: Tensor, y: Tensor) => x.sub(y).mean(), optimizer, epochs: 2 };
      await fit(model, [numbers([1], [1])], { ...given, callbacks: [...callbacks, progress({ output: screen })] });
      return screen.text;
    };
    const optimizer = sgd(model, 0.1);
    const halve: Callback = {
      onEpochBegin: ({ epoch }) => {
        optimizer.lr = 0.1 / epoch / 3;
      },
    };
    expect([...(await train(optimizer, [halve])).matchAll(/ lr (\S+)/g)].map(([, lr]) => lr)).toEqual(["3.33e-2", "1.67e-2"]);
    expect(await train({ zeroGrad: () => optimizer.zeroGrad(), step: () => optimizer.step() })).not.toContain(" lr ");
  });
});

describe("curves", () => {
  const history: History = [
    { epoch: 1, seconds: 1, values: { loss: 3, accuracy: 0.5, val_loss: 4 } },
    { epoch: 2, seconds: 1, values: { loss: 2, accuracy: 0.6, val_loss: 3 } },
  ];

  it("are all values over the epochs", () => {
    expect(curves(history)).toEqual([
      { name: "loss", x: [1, 2], y: [3, 2] },
      { name: "accuracy", x: [1, 2], y: [0.5, 0.6] },
      { name: "val_loss", x: [1, 2], y: [4, 3] },
    ]);
    expect(curves([])).toEqual([]);
  });

  it("are those named, with their validation", () => {
    expect(curves(history, "loss").map(({ name }) => name)).toEqual(["loss", "val_loss"]);
    expect(curves(history, "val_loss").map(({ name }) => name)).toEqual(["val_loss"]);
    expect(curves(history, "accuracy", "loss").map(({ name }) => name)).toEqual(["loss", "accuracy", "val_loss"]);
    expect(curves([], "loss")).toEqual([]);
  });

  it("have a gap where an epoch has no value", () => {
    expect(curves([...history, { epoch: 3, seconds: 1, values: { loss: 1 } }], "val_loss")[0]?.y).toEqual([4, 3, Number.NaN]);
  });

  it("can be drawn, with the epochs from 1", () => {
    const svg = lineChart(curves(history, "loss"), { xLabel: "epoch" });
    expect(svg).toMatch(/<title>loss<\/title>.*<title>val_loss<\/title>/s);
    expect(svg).not.toContain(">0<");
  });

  it.each<[string, () => unknown, string]>([
    ["a promise", () => curves(Promise.resolve(history) as never), "curves: takes the history that fit gives, got a Promise; wait for it"],
    ["a record", () => curves(history[0] as never), "curves: takes the history that fit gives, got an object with epoch, seconds, values"],
    ["a list of numbers", () => curves([1] as never), "curves: takes the history that fit gives, got [1]"],
    ["an unknown name", () => curves(history, "valLoss"), 'curves: no epoch has "valLoss", only loss, accuracy, val_loss'],
  ])("refuse %s", (_, call, message) => {
    expect(call).toThrow(ArgError);
    expect(call).toThrow(message);
  });
});
