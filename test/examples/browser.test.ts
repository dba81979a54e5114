// The browser example in Chromium: it trains in its worker, stops and goes on when told, and the page stays free.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../examples/browser/protocol.js";
import { ExamplePage, launch, type Site, serve, type Tap } from "./chromium.js";

const folder = mkdtempSync(join(tmpdir(), "digits-page-"));
let browser: Browser;
let site: Site;

beforeAll(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
});

afterAll(async () => {
  await browser?.close();
  site?.[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const lossesOf = (reports: readonly Report[]): number[] => reports.flatMap((report) => (report.type === "batch" ? [report.loss] : []));

const ZERO = Array.from({ length: 25 }, (_, i) => {
  const angle = (Math.PI * i) / 12;
  return [0.5 + 0.2 * Math.cos(angle), 0.5 + 0.33 * Math.sin(angle)] as const;
});

describe("a run from start to end", () => {
  let page: ExamplePage;
  let reports: Report[];
  beforeAll(async () => {
    page = await ExamplePage.open(browser, site.url);
    await page.draw(ZERO);
    await page.takeReports();
    await page.page.evaluate(() => Object.assign(window, { ticks: 0, longestGap: 0 }));
    await page.press("train");
    await page.reaches("idle");
    reports = await page.takeReports();
  });

  test("reports every batch and every epoch, in order", () => {
    const kinds = reports.filter(({ type }) => type !== "classified").map(({ type }) => type);
    const epoch = [...new Array(44).fill("batch"), "epoch"];
    expect(kinds).toEqual([...Array.from({ length: 15 }, () => epoch).flat(), "stopped"]);
  });

  test("learns", async () => {
    const losses = lossesOf(reports);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 4);
    expect(Number.parseFloat((await page.text("#held-back")) as string)).toBeGreaterThan(95);
    expect(await page.text("#status")).toBe("Finished: epoch 15 of 15.");
  });

  test("leaves the page its own event loop", async () => {
    const { ticks, longestGap, compiled } = await page.page.evaluate(() => {
      const { ticks, longestGap, compiled } = window as unknown as Tap;
      return { ticks, longestGap, compiled };
    });
    console.log(`page: ${ticks} turns of a 10 ms timer while it trained, at most ${longestGap.toFixed(0)} ms apart`);
    expect(ticks).toBeGreaterThan(20);
    expect(compiled).toBe(0); // without kernels there is no work it could do
  });

  test("draws both curves", async () => {
    for (const chart of ["#loss", "#accuracy"]) {
      await expect.poll(() => page.page.locator(`${chart} svg g path`).count(), { timeout: 10_000 }).toBe(2);
    }
  });

  test("says what is drawn, again after each epoch", async () => {
    expect(reports.filter(({ type }) => type === "classified").length).toBeGreaterThan(0);
    await expect.poll(() => page.text("#answer"), { timeout: 10_000 }).toBe("0");
    await page.press("clear");
    expect(await page.text("#answer")).toBe("?");
  });

  test("the browser has nothing to complain about", () => {
    expect(page.complaints).toEqual([]);
  });
});

describe("cancel and resume", () => {
  test("a cancelled and resumed run has the very losses of one that was left alone", async () => {
    await using page = await ExamplePage.open(browser, site.url);
    await page.setEpochs(10);
    await page.press("train");
    await page.reaches("idle");
    const straight = lossesOf(await page.takeReports());
    expect(straight).toHaveLength(10 * 44);

    await page.pressAfter(10, "cancel");
    await page.press("train");
    await page.reaches("cancelled");
    const first = await page.takeReports();
    expect(first.at(-1)).toEqual({ type: "stopped", why: "cancelled" });
    expect(await page.text("#status")).toMatch(/^Epoch \d+ of 10, batch \d+ of 44, loss [\d.]+\. Cancelled/);

    // Meanwhile the model is used, and nothing trains.
    await page.draw(ZERO);
    await page.hears("classified");
    expect(lossesOf(await page.takeReports())).toEqual([]);

    await page.press("resume");
    await page.reaches("idle");
    const losses = [...lossesOf(first), ...lossesOf(await page.takeReports())];
    expect(losses).toEqual(straight);
  });

  test("cancel stops after the batch that runs", async () => {
    await using page = await ExamplePage.open(browser, site.url);
    await page.takeReports();
    const settings = { epochs: 3, batchSize: 32, lr: 0.003, seed: 1 };
    await page.send({ type: "train", settings }, { type: "cancel" }, { type: "classify", id: -1, pixels: new Float32Array(64) });
    await page.hears("classified");
    const kinds = (await page.takeReports()).map(({ type }) => type);
    expect(kinds).toEqual(["batch", "stopped", "classified"]);
  });

  test("commands that cross each other leave one run", async () => {
    await using page = await ExamplePage.open(browser, site.url);
    const settings = { epochs: 2, batchSize: 32, lr: 0.003, seed: 1 };
    await page.send({ type: "train", settings }, { type: "cancel" }, { type: "resume" }, { type: "resume" });
    await page.hears("epoch", 2);
    await page.hears("stopped", 2);
    const reports = await page.takeReports();
    expect(lossesOf(reports)).toHaveLength(2 * 44);
    expect(reports.at(-1)).toEqual({ type: "stopped", why: "finished" });
  });
});

describe("files", () => {
  test("a saved model, loaded into another page, answers the same", async () => {
    const path = join(folder, "digits.safetensors");
    await using page = await ExamplePage.open(browser, site.url);
    await page.setEpochs(2);
    await page.press("train");
    await page.reaches("idle");
    const [download] = await Promise.all([page.page.waitForEvent("download"), page.press("save")]);
    expect(download.suggestedFilename()).toBe("digits.safetensors");
    await download.saveAs(path);

    await using other = await ExamplePage.open(browser, site.url);
    await other.page.setInputFiles("#file", path);
    await other.reaches("cancelled");
    expect(await other.text("#held-back")).toBe(await page.text("#held-back"));
    const pixels = Array.from({ length: 64 }, (_, i) => i % 17);
    expect(await other.classify(pixels)).toEqual(await page.classify(pixels));
  });

  test("a file that is no model is explained, and the page goes on", async () => {
    const path = join(folder, "bad.safetensors");
    writeFileSync(path, "not a model");
    await using page = await ExamplePage.open(browser, site.url);
    await page.page.setInputFiles("#file", path);
    await page.hears("failed");
    await expect.poll(() => page.text("#status"), { timeout: 10_000 }).toMatch(/^loadSafetensors: /);
    await page.setEpochs(1);
    await page.press("train");
    await page.reaches("idle");
    expect(await page.text("#status")).toBe("Finished: epoch 1 of 1.");
  });
});

describe("the server", () => {
  test("isolates the page only when asked to", async () => {
    using isolated = await serve("--isolate");
    for (const [{ url }, expected] of [
      [site, false],
      [isolated, true],
    ] as const) {
      await using page = await ExamplePage.open(browser, url);
      expect(await page.page.evaluate(() => crossOriginIsolated)).toBe(expected);
    }
  });

  test.each(["/../package.json", "/dist/../package.json", "/src/index.ts", "/dist/", "/nothing.js", "/%2e%2e/package.json"])(
    "does not give out %s",
    async (path) => {
      const { port } = new URL(site.url);
      const status = await new Promise((resolve, reject) => {
        request({ port, host: "127.0.0.1", path }, (response) => resolve(response.resume().statusCode))
          .on("error", reject)
          .end();
      });
      expect(status).toBe(404);
    },
  );
});

test("bundled into a folder of its own, it runs on any server", async () => {
  const scripts = ["page", "worker"];
  buildSync({
    entryPoints: scripts.map((name) => `examples/browser/${name}.ts`),
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    tsconfigRaw: "{}",
  });
  for (const file of ["browser/index.html", "browser/style.css", "data/digits.csv.gz"]) {
    copyFileSync(join("examples", file), join(folder, file.replace(/.*\//, "")));
  }
  const sizes = scripts.map((name) => `${name} ${(gzipSync(readFileSync(join(folder, `${name}.js`))).length / 1024).toFixed(1)} KB`);
  console.log(`bundled and gzipped: ${sizes.join(", ")}`);

  const types: Readonly<Record<string, string>> = { html: "text/html", css: "text/css", js: "text/javascript" };
  const server = createServer(({ url = "/" }, response) => {
    const name = url === "/" ? "index.html" : url.slice(1);
    response.setHeader("content-type", types[name.replace(/.*\./, "")] ?? "application/octet-stream").end(readFileSync(join(folder, name)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await using page = await ExamplePage.open(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.setEpochs(1);
    await page.press("train");
    await page.reaches("idle");
    expect(lossesOf(await page.takeReports())).toHaveLength(44);
    expect(page.complaints).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
