// The main job, run as a user runs it: trained, evaluated, saved, reported, and its mistakes explained.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const folder = mkdtempSync(join(tmpdir(), "digits-"));
afterAll(() => rmSync(folder, { recursive: true }));

function digits(...args: readonly string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["build/examples/digits/main.js", ...args], { timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

describe("the run with its defaults", () => {
  const out = join(folder, "default");
  let result: Result;
  beforeAll(async () => {
    result = await digits("--out", out);
  });

  test("is at least 98% right on images it has not seen", () => {
    const [, count, share] = result.stdout.match(/accuracy on the (\d+) held-back images: ([\d.]+)%/) ?? [];
    expect(Number(count)).toBe(359);
    expect(Number(share)).toBeGreaterThanOrEqual(98);
  });

  test("prints plain lines of progress, one per epoch, without a terminal", () => {
    const lines = result.stdout.split("\n").filter((line) => line.startsWith("epoch"));
    expect(lines).toHaveLength(30);
    expect(lines[29]).toMatch(/^epoch 30\/30 {2}loss \d\.\d{4} {2}accuracy \d\.\d{4} {2}val_loss .* {2}lr \d\.\d\de-6 .* s {2}left 0:00$/);
    expect(result.stdout).not.toContain("\r");
  });

  test("prints a confusion matrix whose counts are the accuracy", () => {
    const table = [...result.stdout.matchAll(/^(\d) {2,}((?: *\d+){10})$/gm)].map(([, , row = ""]) => row.trim().split(/ +/).map(Number));
    expect(table).toHaveLength(10);
    const right = table.reduce((sum, row, i) => sum + (row[i] as number), 0);
    expect(table.flat().reduce((a, b) => a + b, 0)).toBe(359);
    expect(result.stdout).toContain(`${((100 * right) / 359).toFixed(2)}%`);
  });

  test("reads its model back and predicts the same", () => {
    expect(result.stdout).toContain("read back, predicts the same on all 359 images");
    expect(result.code).toBe(0);
  });

  test("writes a report with everything inside it", () => {
    const page = readFileSync(join(out, "report.html"), "utf8");
    for (const part of ["Loss", "Accuracy", "Confusion matrix", "Misclassified images", "Conv2d"]) expect(page).toContain(part);
    expect(page.match(/<svg/g)?.length).toBeGreaterThanOrEqual(3);
    expect(page).not.toMatch(/(?:src|href)="(?!data:|#)/);
    expect(page).not.toMatch(/NaN|undefined/);
    expect(page).toContain("A CNN trained");
    expect(page).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d UTC, simdgrad \d+\.\d+\.\d+ \((baseline|relaxed) kernels\), Node \d+\./);
    expect(page).toContain("Validation can therefore be better than training. It has 90 images");
  });

  test("says in the report which epoch was best, as the lines of progress have it", () => {
    const page = readFileSync(join(out, "report.html"), "utf8");
    const best = Number(page.match(/<b>epoch (\d+)<\/b>of 30 had the least validation loss/)?.[1]);
    const losses = [...result.stdout.matchAll(/^epoch .* val_loss (\S+)/gm)].map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(30);
    expect(losses[best - 1]).toBe(Math.min(...losses));
    expect(page.split(`least validation loss: epoch ${best}<`)).toHaveLength(5); // in the legends and the names of the lines
  });

  test("has a row for each digit, which agrees with the matrix", () => {
    const page = readFileSync(join(out, "report.html"), "utf8");
    const rows = [...page.matchAll(/<tr><th scope="row">(\d)<\/th><td>(\d+)<\/td><td>(\d+)<\/td>((?:<td>[\d.]+%<\/td>){3})<\/tr>/g)];
    expect(rows.map(([, digit]) => digit)).toEqual([..."0123456789"]);
    const counts = [...result.stdout.matchAll(/^(\d) {2,}((?: *\d+){10})$/gm)].map(([, , row = ""]) => row.trim().split(/ +/).map(Number));
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
    for (const [d, [, , images, missed, scores = ""]] of rows.entries()) {
      const [own, support, predicted] = [counts[d]?.[d] as number, sum(counts[d] as number[]), sum(counts.map((row) => row[d] as number))];
      expect([Number(images), Number(missed)]).toEqual([support, support - own]);
      const share = (of: number): string => `${(100 * of).toFixed(1)}%`;
      expect([...scores.matchAll(/[\d.]+%/g)].map(String)).toEqual([
        share(own / predicted),
        share(own / support),
        share((2 * own) / (predicted + support)),
      ]);
    }
  });
});

test("one seed gives one model, another gives another", async () => {
  const run = async (name: string, seed: string): Promise<string> => {
    await digits("--epochs", "1", "--simd", "baseline", "--seed", seed, "--out", join(folder, name));
    return createHash("sha256")
      .update(readFileSync(join(folder, name, "model.safetensors")))
      .digest("hex");
  };
  const [first, again, other] = [await run("a", "5"), await run("b", "5"), await run("c", "6")];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

/** An idx file of bytes. */
function idx(dims: readonly number[], byte: (i: number) => number): Buffer {
  const size = dims.reduce((product, d) => product * d, 1);
  const head = Buffer.from([0, 0, 8, dims.length, ...dims.flatMap((d) => [d >>> 24, (d >>> 16) & 255, (d >>> 8) & 255, d & 255])]);
  return Buffer.concat([head, Buffer.from(Uint8Array.from({ length: size }, (_, i) => byte(i)))]);
}

test("trains on MNIST files, plain or zipped", async () => {
  const dir = mkdtempSync(join(folder, "mnist-"));
  const image = (i: number): number => (Math.floor(i / 784) % 10) * 25;
  const label = (i: number): number => i % 10;
  writeFileSync(join(dir, "train-images-idx3-ubyte.gz"), gzipSync(idx([60000, 28, 28], image)));
  writeFileSync(join(dir, "train-labels-idx1-ubyte"), idx([60000], label));
  writeFileSync(join(dir, "t10k-images-idx3-ubyte"), idx([50, 28, 28], image));
  writeFileSync(join(dir, "t10k-labels-idx1-ubyte.gz"), gzipSync(idx([50], label)));
  const options = [
    "--data",
    "mnist",
    "--dir",
    dir,
    "--model",
    "mlp",
    "--epochs",
    "1",
    "--batch-size",
    "1000",
    "--out",
    join(folder, "mnist"),
  ];
  const { stdout, code } = await digits(...options);
  expect(stdout).toContain("58000 images to learn from, 2000 to validate, 50 held back");
  expect(stdout).toContain("read back, predicts the same on all 50 images");
  expect(code).toBe(0);
});

describe("the command line", () => {
  test("--help lists the options", async () => {
    const { stdout, code } = await digits("--help");
    for (const option of ["--data", "--dir", "--model", "--epochs", "--batch-size", "--lr", "--seed", "--simd", "--out"])
      expect(stdout).toContain(option);
    expect(code).toBe(0);
  });

  test.each([
    [["--epochs", "0"], /--epochs is a whole number of at least 1, not "0"/],
    [["--seed", "x"], /--seed is a whole number/],
    [["--model", "rnn"], /--model is cnn or mlp, not "rnn"/],
    [["--data", "mnist"], /needs --dir/],
    [["--data", "mnist", "--dir", "nowhere"], /neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz in nowhere/],
    [["--speed", "9"], /--speed/],
  ])("%s is explained, without a stack", async (args, says) => {
    const { stderr, code } = await digits(...args);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(code).toBe(2);
  });
});
