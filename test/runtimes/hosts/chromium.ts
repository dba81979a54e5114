// Chromium without a window: pages from a server on this machine, or from a file.
import { cpSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import type { App } from "../app.js";
import type { Answer } from "../entries/answer.js";
import type { Simd } from "../smoke.js";
import { STRICT, serve } from "./site.js";

const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const TIMEOUT = 60_000;
// No sandbox: it does not start for root or inside containers. The rest keeps the browser off the network.
const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

async function launch(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`there is no Chromium at ${EXECUTABLE}; install it (Debian: "apt-get install chromium") or set CHROMIUM to its path`);
  }
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS, timeout: TIMEOUT });
}

/** Opens a page in a browser of its own and looks at it. A script that does not even load is an error with the browser's words. */
export async function look(address: string, read: (page: Page) => Promise<string | null>): Promise<string> {
  await using browser = await launch();
  const page = await browser.newPage();
  page.setDefaultTimeout(TIMEOUT);
  const crashed = page.waitForEvent("pageerror").then((error) => Promise.reject(error));
  const [text] = await Promise.all([Promise.race([read(page), crashed]), page.goto(address)]);
  return text ?? "";
}

/** The answer of entries/page.ts on the page at `url`. */
export async function askPage(url: string, simd: Simd): Promise<Answer> {
  return JSON.parse(await look(`${url}?simd=${simd}`, (page) => page.locator("output").textContent())) as Answer;
}

/** The answer of a folder with a page, served under `policy`. */
export async function askFolder(folder: string, simd: Simd, policy?: string): Promise<Answer> {
  await using site = await serve(folder, policy);
  return await askPage(site.url, simd);
}

/** Puts a page that runs `scripts` into a folder. */
export function writePage(folder: string, scripts: string): string {
  writeFileSync(join(folder, "index.html"), `<!doctype html><meta charset="utf-8"><title>simdgrad</title><body>${scripts}\n`);
  return folder;
}

/** A page whose script was bundled by esbuild. */
export function runInChromium(app: App, simd: Simd, policy = STRICT): Promise<Answer> {
  const folder = writePage(app.bundle("page"), '<script type="module" src="/page.js"></script>');
  return askFolder(folder, simd, policy);
}

const distributed = (app: App, name: string, folder: string): void =>
  cpSync(join(app.folder, "node_modules/simdgrad/dist", name), join(folder, name));

/** A page with `<script type="module">` that imports the one file of the package. */
export function runModuleTag(app: App, simd: Simd): Promise<Answer> {
  const alias = { "simdgrad/io": "./shims/module-io.js", simdgrad: "/simdgrad.min.js" };
  const folder = writePage(app.bundle("page", { alias, external: ["/simdgrad.min.js"] }), '<script type="module" src="/page.js"></script>');
  distributed(app, "simdgrad.min.js", folder);
  return askFolder(folder, simd, STRICT);
}

/** A page opened as a file, without a server: the script that makes a global. */
export function runScriptTag(app: App, simd: Simd): Promise<Answer> {
  const alias = { "simdgrad/io": "./shims/global-io.cjs", simdgrad: "./shims/global.cjs" };
  const scripts = '<script src="simdgrad.iife.min.js"></script><script src="page.js"></script>';
  const folder = writePage(app.bundle("page", { alias, format: "iife" }), scripts);
  distributed(app, "simdgrad.iife.min.js", folder);
  return askPage(pathToFileURL(join(folder, "index.html")).href, simd);
}
