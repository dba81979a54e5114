// Chromium without a window: a page from a server on this machine, with the Content-Security-Policy a careful site sends.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import type { App } from "../app.js";
import type { Answer } from "../entries/answer.js";
import type { Simd } from "../smoke.js";

const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const TIMEOUT = 60_000;
// No sandbox: it does not start for root or inside containers. The rest keeps the browser off the network.
const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];
const PAGE = '<!doctype html><meta charset="utf-8"><title>simdgrad</title><body><script type="module" src="/page.js"></script>';

/** The strictest policy the library runs under: nothing inline, no eval, nothing fetched. */
export const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

interface Site extends AsyncDisposable {
  readonly url: string;
}

async function serve(script: string, policy: string): Promise<Site> {
  const server = createServer(({ url = "/" }, response) => {
    const [type, body] = url === "/page.js" ? ["text/javascript", script] : ["text/html", PAGE];
    response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function launch(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`there is no Chromium at ${EXECUTABLE}; install it (Debian: "apt-get install chromium") or set CHROMIUM to its path`);
  }
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS, timeout: TIMEOUT });
}

/** Runs the page in a browser of its own. A script that does not even load is an error with the browser's words. */
export async function runInChromium(app: App, simd: Simd, policy = STRICT): Promise<Answer> {
  const folder = app.bundle("page", {});
  await using site = await serve(readFileSync(join(folder, "page.js"), "utf8"), policy);
  await using browser = await launch();
  const page = await browser.newPage();
  const crashed = page.waitForEvent("pageerror", { timeout: TIMEOUT }).then((error) => Promise.reject(error));
  const shown = page.locator("output").textContent({ timeout: TIMEOUT });
  const [text] = await Promise.all([Promise.race([shown, crashed]), page.goto(`${site.url}?simd=${simd}`)]);
  return JSON.parse(text as string) as Answer;
}
