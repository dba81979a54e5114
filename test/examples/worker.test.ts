// The Worker example over HTTP in workerd: many requests at once, good and bad, each with the answer Node computes.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { init, type MemoryReport, type RuntimeReport, type Tensor } from "simdgrad";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDigits } from "../../examples/browser/dataset.js";
import { digitOf } from "../../examples/browser/ink.js";
import type { DigitNet } from "../../examples/browser/model.js";
import { evaluate } from "../../examples/browser/training.js";
import { type Classified, classify, readModel, tune } from "../../examples/worker/src/digits.js";
import { type Bundle, bundleWorker, type Running, serveWorker } from "./workerd.js";

const MODEL = "examples/worker/public/digits.safetensors";
/** What Cloudflare allows a Worker; workerd itself does not watch over it. */
const WORKER_BYTES = 128e6;
const AT_ONCE = 20;

let bundle: Bundle;
let worker: Running;
let model: DigitNet;
let images: Float32Array;
let labels: Int32Array;

const json = (value: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: typeof value === "string" ? value : JSON.stringify(value),
});
const raw = (body: Uint8Array<ArrayBuffer>, type = "application/octet-stream"): RequestInit => ({
  method: "POST",
  headers: { "content-type": type },
  body,
});

/** Pixels of 0 to 16 of a held-back digit. */
const pixelsOf = (i: number): Float32Array => images.slice(64 * i, 64 * (i + 1)).map((value) => 16 * value);

/** The same digit as somebody might have drawn it on 28 x 28 pixels. */
function drawingOf(i: number): Uint8Array<ArrayBuffer> {
  const pixels = pixelsOf(i);
  const from = (at: number): number => Math.floor((at * 8) / 28);
  return Uint8Array.from({ length: 784 }, (_, at) => 15 * (pixels[8 * from(Math.floor(at / 28)) + from(at % 28)] as number));
}

beforeAll(async () => {
  await init({ simd: "baseline" });
  model = readModel(readFileSync(MODEL));
  const { heldBack } = await readDigits(readFileSync("examples/data/digits.csv.gz"));
  [images, labels] = heldBack.map((tensor: Tensor) => tensor.toTypedArray()) as [Float32Array, Int32Array];
  bundle = bundleWorker();
  worker = await serveWorker(bundle, "baseline");
});

afterAll(() => {
  worker?.[Symbol.dispose]();
  bundle?.[Symbol.dispose]();
});

/** A request and what is right to answer. */
interface Exchange {
  readonly path: string;
  readonly init: RequestInit;
  readonly status: number;
  /** The whole answer, or what an error must say. */
  readonly answer: object | RegExp;
}

const good = (path: string, init: RequestInit, answer: object): Exchange => ({ path, init, status: 200, answer });
const bad = (path: string, init: RequestInit, status: number, answer: RegExp): Exchange => ({ path, init, status, answer });

const classifyPixels = (i: number): Exchange => good("/classify", json({ pixels: [...pixelsOf(i)] }), classify(model, pixelsOf(i)));

const classifyDrawing = (i: number): Exchange => good("/classify", raw(drawingOf(i)), classify(model, digitOf(drawingOf(i), 28)));

/** Digits with another name than usual, so that there is something to learn. */
function tuneOn(i: number, count: number): Exchange {
  const samples = Array.from({ length: count }, (_, s) => ({
    pixels: pixelsOf(i + s),
    digit: ((labels[i + s] as number) + 1 + (i % 2)) % 10,
  }));
  const [steps, lr] = [10 + i, 0.02];
  const body = { samples: samples.map(({ pixels, digit }) => ({ pixels: [...pixels], digit })), steps, lr };
  return good("/tune", json(body), tune(model, { samples, steps, lr }));
}

const sample = { pixels: new Array(64).fill(0), digit: 1 };
const withPixel = (text: string): RequestInit => json(`{"pixels":[${text}${",0".repeat(63)}]}`);

const refused: readonly Exchange[] = [
  bad("/", { method: "GET" }, 404, /there is no \/; there are \/classify, \/tune, \/health/),
  bad("/__proto__", json({}), 404, /there is no/),
  bad("/classify", { method: "GET" }, 405, /takes POST, not GET/),
  bad("/health", json({}), 405, /takes GET, not POST/),
  bad("/classify", raw(new Uint8Array(64), "text/plain"), 415, /content type/),
  bad("/classify", { method: "POST" }, 415, /content type/),
  bad("/tune", raw(new Uint8Array(64)), 415, /content type/),
  bad("/classify", json("{"), 400, /no JSON/),
  bad("/classify", json("[".repeat(16_000)), 400, /no JSON/),
  bad("/classify", raw(Uint8Array.of(0x22, 0xff, 0x22), "application/json"), 400, /no JSON/),
  bad("/classify", json("null"), 400, /must be \{ "pixels"/),
  bad("/classify", json([1, 2]), 400, /must be \{ "pixels"/),
  bad("/classify", json({}), 400, /pixels must be a list/),
  bad("/classify", json({ pixels: { length: 64 } }), 400, /pixels must be a list/),
  bad("/classify", json({ pixels: [] }), 400, /pixels has 0 numbers; 64 or 784/),
  bad("/classify", json({ pixels: new Array(63).fill(0) }), 400, /63 numbers/),
  bad("/classify", withPixel("null"), 400, /pixels\[0\] is null; 64 numbers must be within 0 and 16/),
  bad("/classify", withPixel("1e999"), 400, /pixels\[0\] is Infinity/),
  bad("/classify", withPixel("-1"), 400, /pixels\[0\] is -1/),
  bad("/classify", withPixel("17"), 400, /pixels\[0\] is 17/),
  bad("/classify", withPixel('"7"'), 400, /pixels\[0\] is string/),
  bad("/classify", raw(new Uint8Array(0)), 400, /0 numbers/),
  bad("/classify", raw(new Uint8Array(783)), 400, /783 numbers/),
  bad("/classify", raw(new Uint8Array(64).fill(200)), 400, /the body\[0\] is 200/),
  bad("/classify", raw(new Uint8Array(20_000)), 413, /larger than 16384 bytes/),
  bad("/tune", json(" ".repeat(2 ** 21)), 413, /larger than 1048576 bytes/),
  bad("/tune", json({ samples: 3 }), 400, /must be \{ "samples"/),
  bad("/tune", json({ samples: [] }), 400, /there are 0 samples; 1 to 256/),
  bad("/tune", json({ samples: new Array(257).fill(sample) }), 400, /there are 257 samples/),
  bad("/tune", json({ samples: [null] }), 400, /samples\[0\] must be/),
  bad("/tune", json({ samples: [sample, { ...sample, pixels: [1] }] }), 400, /samples\[1\]\.pixels has 1 numbers/),
  bad("/tune", json({ samples: [{ pixels: sample.pixels }] }), 400, /samples\[0\] has no digit/),
  bad("/tune", json({ samples: [{ ...sample, digit: 10 }] }), 400, /samples\[0\]\.digit must be a whole number from 0 to 9/),
  bad("/tune", json({ samples: [{ ...sample, digit: 2.5 }] }), 400, /samples\[0\]\.digit must be/),
  bad("/tune", json({ samples: [sample], steps: 1e9 }), 400, /steps must be a whole number from 1 to 200/),
  bad("/tune", json({ samples: [sample], lr: "fast" }), 400, /lr must be a number from 0 to 1/),
  bad("/tune", json(`{"samples":[${JSON.stringify(sample)}],"lr":1e999}`), 400, /lr must be a number/),
];

async function ask({ path, init, status, answer }: Exchange): Promise<void> {
  const response = await worker.fetch(path, init);
  const body: unknown = await response.json();
  expect({ path, status: response.status, body }).toEqual({
    path,
    status,
    body: answer instanceof RegExp ? { error: expect.stringMatching(answer) } : answer,
  });
}

/** Several askers take from one list, so that so many requests are always under way. */
async function askAll(exchanges: readonly Exchange[]): Promise<void> {
  const waiting = exchanges.values();
  const asker = async (): Promise<void> => {
    for (const exchange of waiting) await ask(exchange);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, asker));
}

async function health(of: Running = worker): Promise<RuntimeReport & { memory: MemoryReport }> {
  return (await (await of.fetch("/health")).json()) as RuntimeReport & { memory: MemoryReport };
}

test("the first requests of an isolate, all at once, share one model", async () => {
  await askAll(Array.from({ length: AT_ONCE }, () => classifyPixels(0)));
  const { simd, memory } = await health();
  expect(simd).toBe("baseline");
  using other = await serveWorker(bundle, "baseline");
  await other.fetch("/classify", classifyPixels(0).init);
  expect(memory).toEqual((await health(other)).memory);
});

test.each(refused.map((exchange) => [`${exchange.init.method} ${exchange.path}: ${exchange.answer}`, exchange] as const))(
  "is refused: %s",
  (_, exchange) => ask(exchange),
);

test("says which methods there are", async () => {
  expect((await worker.fetch("/tune")).headers.get("allow")).toBe("POST");
});

test("answers 200 requests, 20 at a time, as Node does, and grows by nothing", { timeout: 120_000 }, async () => {
  const exchanges = Array.from({ length: 200 }, (_, i): Exchange => {
    if (i % 10 === 9) return tuneOn(i % 40, 8 + i);
    if (i % 5 === 3) return refused[(7 * i) % refused.length] as Exchange;
    return i % 2 === 0 ? classifyPixels(i) : classifyDrawing(i);
  });
  // The pool keeps blocks of every size that was needed once, so each size of batch comes once before.
  await askAll([classifyPixels(0), ...exchanges.filter(({ path }) => path === "/tune")]);
  const before = (await health()).memory;
  await askAll(exchanges);
  const after = (await health()).memory;
  console.log(`Worker: ${after.liveTensors} tensors, ${after.liveBytes} bytes live, heap ${(after.heapBytes / 1e6).toFixed(1)} MB`);
  expect(after).toEqual(before);
  expect(after.heapBytes).toBeLessThan(WORKER_BYTES);
  expect(after.limitBytes).toBeLessThan(WORKER_BYTES);
});

test("tuning is of use, and leaves the shared model alone", async () => {
  const { before, after } = tuneOn(20, 100).answer as ReturnType<typeof tune>;
  expect(before.accuracy).toBeLessThan(0.2);
  expect(after.accuracy).toBeGreaterThan(before.accuracy + 0.3);
  await ask(tuneOn(20, 100));
  await ask(classifyPixels(20));
});

test("runs with the kernels it chooses itself", async () => {
  using automatic = await serveWorker(bundle, "auto");
  const { init, answer } = classifyPixels(5);
  const given = (await (await automatic.fetch("/classify", init)).json()) as Classified;
  const { digit, probabilities } = answer as Classified;
  expect(given.digit).toBe(digit);
  for (const [i, share] of given.probabilities.entries()) expect(share).toBeCloseTo(probabilities[i] as number, 4);
});

test("without its model file it says so, request after request", async () => {
  using broken = await serveWorker(bundle, "auto", "examples/worker/src");
  for (const _ of [1, 2]) {
    const response = await broken.fetch("/health");
    expect([response.status, await response.json()]).toEqual([500, { error: expect.stringContaining("not the request") }]);
  }
});

test("is small", () => {
  console.log(`Worker: ${(bundle.gzipped / 1024).toFixed(1)} KB gzipped, model ${(statSync(MODEL).size / 1024).toFixed(1)} KB`);
  expect(bundle.gzipped).toBeLessThan(256 * 1024);
  expect(statSync(MODEL).size).toBeLessThan(100 * 1024);
});

describe("the model", () => {
  test("is at least 97% right on the held-back digits", async () => {
    const { heldBack } = await readDigits(readFileSync("examples/data/digits.csv.gz"));
    expect(evaluate(model, heldBack).accuracy).toBeGreaterThanOrEqual(0.97);
    model.eval();
  });

  test("is made by a script that makes the same file again", async () => {
    const folder = mkdtempSync(join(tmpdir(), "digits-model-"));
    const make = async (name: string): Promise<Buffer> => {
      const out = join(folder, "new", name);
      await promisify(execFile)(process.execPath, ["build/examples/worker/train.js", "--epochs", "1", "--out", out]);
      return readFileSync(out);
    };
    try {
      expect(await make("a")).toEqual(await make("b"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
