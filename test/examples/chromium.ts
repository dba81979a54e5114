// Chromium without a window, with a page of the browser example whose messages are listened in on.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Command, Report } from "../../examples/browser/protocol.js";

const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const TIMEOUT = 60_000;
// No sandbox: it does not start for root or inside containers. The rest keeps the browser off the network.
const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

export async function launch(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`there is no Chromium at ${EXECUTABLE}; install it (Debian: "apt-get install chromium") or set CHROMIUM to its path`);
  }
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS, timeout: TIMEOUT });
}

/** A server that is running. */
export interface Site extends Disposable {
  readonly url: string;
}

/** Starts the example's own server, as the documentation says. */
export async function serve(...options: readonly string[]): Promise<Site> {
  const child = spawn(process.execPath, ["examples/browser/serve.mjs", "--port", "0", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { url: String(line).trim(), [Symbol.dispose]: () => void child.kill("SIGKILL") };
}

/** What a tapped page keeps on its `window`. */
export interface Tap {
  worker: Worker;
  reports: Report[];
  /** How often a timer of 10 ms came, and the longest it had to wait, in milliseconds. */
  ticks: number;
  longestGap: number;
  /** WebAssembly modules the page's own thread compiled. */
  compiled: number;
}

/** Notes what the worker reports, and how often the page's own event loop gets a turn. Runs in the page before its scripts. */
function tap(): void {
  const tapped = window as unknown as Tap;
  Object.assign(tapped, { reports: [], ticks: 0, longestGap: 0, compiled: 0 });
  WebAssembly.Module = class extends WebAssembly.Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      tapped.compiled++;
    }
  };
  const Untapped = Worker;
  window.Worker = class extends Untapped {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      tapped.worker = this;
      this.addEventListener("message", ({ data }: MessageEvent<Report>) => tapped.reports.push(data));
    }
  };
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    tapped.ticks++;
    tapped.longestGap = Math.max(tapped.longestGap, now - last);
    last = now;
  }, 10);
}

/** The example's page, open and ready. */
export class ExamplePage {
  /** What the browser complained about. */
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && this.complaints.push(message.text()));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
  }

  static async open(browser: Browser, url: string): Promise<ExamplePage> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const opened = new ExamplePage(page);
    await page.addInitScript(tap);
    await page.goto(url);
    await opened.reaches("idle");
    return opened;
  }

  async reaches(state: string): Promise<void> {
    await this.page.waitForFunction((wanted) => document.body.dataset["state"] === wanted, state, { timeout: TIMEOUT });
  }

  text(selector: string): Promise<string | null> {
    return this.page.textContent(selector);
  }

  async press(button: string): Promise<void> {
    await this.page.click(`#${button}`);
  }

  async setEpochs(epochs: number): Promise<void> {
    await this.page.fill("#epochs", String(epochs));
  }

  /** Presses a button, from inside the page, when so many batches are reported: a press from here may come too late. */
  async pressAfter(batches: number, button: string): Promise<void> {
    await this.page.evaluate(
      ([least, id]) => {
        const { worker } = window as unknown as Tap;
        let left = least;
        worker.addEventListener("message", ({ data }: MessageEvent<Report>) => {
          if (data.type === "batch" && --left === 0) (document.getElementById(id) as HTMLButtonElement).click();
        });
      },
      [batches, button] as const,
    );
  }

  /** Says something to the worker behind the page's back. */
  async send(...commands: readonly Command[]): Promise<void> {
    await this.page.evaluate((all) => {
      for (const command of all) (window as unknown as Tap).worker.postMessage(command);
    }, commands as Command[]);
  }

  /** Reports since the last time they were taken. */
  takeReports(): Promise<Report[]> {
    return this.page.evaluate(() => (window as unknown as Tap).reports.splice(0));
  }

  /** Waits until so many reports of a kind have come since they were last taken. */
  async hears(type: Report["type"], count = 1): Promise<void> {
    await this.page.waitForFunction(
      ([wanted, least]) => (window as unknown as Tap).reports.filter((report) => report.type === wanted).length >= least,
      [type, count] as const,
      { timeout: TIMEOUT },
    );
  }

  /** The probabilities the worker gives for these pixels now. */
  async classify(pixels: readonly number[]): Promise<number[]> {
    await this.takeReports();
    await this.page.evaluate((given) => {
      const command: Command = { type: "classify", id: -1, pixels: Float32Array.from(given) };
      (window as unknown as Tap).worker.postMessage(command);
    }, pixels);
    await this.hears("classified");
    const [answer] = (await this.takeReports()).filter((report) => report.type === "classified");
    return [...(answer as Extract<Report, { type: "classified" }>).probabilities];
  }

  /** Draws with the mouse; places are shares of the pad. */
  async draw(stroke: readonly (readonly [x: number, y: number])[]): Promise<void> {
    const pad = await this.page.locator("#pad").boundingBox();
    if (!pad) throw new Error("there is no pad to draw on");
    for (const [i, [x, y]] of stroke.entries()) {
      await this.page.mouse.move(pad.x + x * pad.width, pad.y + y * pad.height);
      if (i === 0) await this.page.mouse.down();
    }
    await this.page.mouse.up();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.close();
  }
}
