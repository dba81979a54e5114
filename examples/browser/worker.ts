// The worker: owns the model, trains it batch by batch, and listens between two batches.
import { manualSeed, noGrad, runtime, scope, tensor } from "simdgrad";
import { loadSafetensors, saveSafetensors } from "simdgrad/io";
import { type Digits, readDigits } from "./dataset.js";
import { DigitNet, imagesOf } from "./model.js";
import type { Command, Report } from "./protocol.js";
import { evaluate, type Progress, training } from "./training.js";

/** Beside this script. */
const DATA = "digits.csv.gz";

let model: DigitNet;
/** Training that is under way, running or not. */
let session: Generator<Progress, void, void> | undefined;
/** Changes whenever training starts or stops, so that a loop knows whether it is still wanted. */
let run = 0;

const post = (report: Report, transfer: Transferable[] = []): void => self.postMessage(report, { transfer });

const channel = new MessageChannel();
channel.port1.start();

/** Lets waiting commands in. By a message to itself, because a timer waits at least 4 ms and a batch takes less. */
function turn(): Promise<unknown> {
  return new Promise((resolve) => {
    channel.port1.addEventListener("message", resolve, { once: true });
    channel.port2.postMessage(null);
  });
}

/** Takes batches from the session until it ends or another command moved `run` on. */
async function go(): Promise<void> {
  const mine = ++run;
  while (mine === run && session) {
    const { done, value } = session.next();
    if (done) return stop("finished");
    post(value);
    await turn();
  }
}

function stop(why: "cancelled" | "finished"): void {
  run++;
  if (why === "finished") session = undefined;
  post({ type: "stopped", why });
}

/** Ends the session, if there is one, and gives back what it holds. */
function giveUp(): void {
  run++;
  session?.return();
  session = undefined;
}

function classify(pixels: Float32Array): Float32Array {
  model.eval();
  return scope(() => noGrad(() => model.call(imagesOf(tensor(pixels))).softmax(1)).toTypedArray() as Float32Array);
}

function carryOut(command: Command, digits: Digits): void | Promise<void> {
  switch (command.type) {
    case "train":
      giveUp();
      model.dispose();
      manualSeed(command.settings.seed);
      model = new DigitNet();
      session = training(model, digits, command.settings);
      return go();
    case "cancel":
      if (session) stop("cancelled");
      break;
    case "resume":
      return go();
    case "classify": {
      const probabilities = classify(command.pixels);
      post({ type: "classified", id: command.id, probabilities }, [probabilities.buffer]);
      break;
    }
    case "save": {
      const file = saveSafetensors(model.stateDict()).buffer;
      post({ type: "saved", file }, [file]);
      break;
    }
    case "load":
      scope(() => model.loadStateDict(loadSafetensors(command.file)));
      giveUp();
      session = training(model, digits, command.settings);
      post({ type: "loaded", heldBackAccuracy: evaluate(model, digits.heldBack).accuracy });
  }
}

function fail(error: unknown): void {
  post({ type: "failed", message: error instanceof Error ? error.message : String(error) });
}

async function start(): Promise<Digits> {
  const response = await fetch(DATA);
  if (!response.ok) throw new Error(`${DATA}: the server answered ${response.status}`);
  const digits = await readDigits(new Uint8Array(await response.arrayBuffer()));
  model = new DigitNet();
  const [images] = digits.heldBack;
  post({
    type: "ready",
    images: digits.train.length,
    heldBack: images.shape[0] as number,
    parameters: model.parameterCount(),
    kernels: runtime().simd,
  });
  return digits;
}

const started = start();
started.catch(fail);

// Listens at once: commands that come before the data wait for it, in order.
self.addEventListener("message", ({ data }: MessageEvent<Command>) => {
  started.then((digits) => carryOut(data, digits)).catch(fail);
});
