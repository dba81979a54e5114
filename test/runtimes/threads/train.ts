// `fit` on the thread of a page, with a timer beside it that shows whether the page would still answer.
import { manualSeed, nn, optim, randint, randn, setThreads } from "simdgrad";
import { fit } from "simdgrad/train";

const SECONDS = 4;
const TICK_MS = 10;
/** Stretches of the training, in each of which the timer must come. */
const STRETCHES = 4;

const CLASSES = 10;
const BATCH = 32;

function build(): nn.Sequential {
  return new nn.Sequential(
    new nn.Conv2d(1, 8, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(8, 16, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(16 * 7 * 7, CLASSES),
  );
}

/** Trains for some seconds; the timer's ticks are counted in each stretch of them. */
export async function train() {
  manualSeed(1);
  await setThreads(2);
  const model = build();
  const batches = Array.from({ length: 8 }, () => [randn([BATCH, 1, 28, 28]), randint(0, CLASSES, [BATCH])] as const);
  const started = performance.now();
  const ticks: number[] = [];
  const timer = setInterval(() => ticks.push(performance.now() - started), TICK_MS);
  let steps = 0;
  const history = await fit(model, batches, {
    loss: new nn.CrossEntropyLoss(),
    optimizer: new optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 }),
    epochs: 10_000,
    callbacks: [
      {
        onStep(state) {
          steps++;
          if (performance.now() - started > SECONDS * 1000) state.stop();
        },
      },
    ],
  });
  clearInterval(timer);
  const length = performance.now() - started;
  const stretches = new Array<number>(STRETCHES).fill(0);
  for (const at of ticks) (stretches[Math.min(STRETCHES - 1, Math.floor((at / length) * STRETCHES))] as number)++;
  const gaps = [...ticks, length].map((at, i) => at - (ticks[i - 1] ?? 0));
  const losses = history.map(({ values }) => values["loss"] as number);
  return { seconds: length / 1000, steps, stretches, longestGapMs: Math.max(...gaps), losses: [losses[0], losses.at(-1)] as number[] };
}
