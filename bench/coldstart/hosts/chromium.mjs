// Chromium: a page from a local server, in a new profile each time. The clock starts some seconds after the page was opened, because
// the work of opening a page is not the library's. The page sends its result by itself, so that observing it does not disturb it.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { chromium } from "playwright-core";
import { bundle } from "./bundle.mjs";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
const TYPES = { js: "text/javascript", wasm: "application/wasm" };

/** Waiting time before the clock starts. With only one second, the times varied twice as much. */
const SETTLE_MS = 3000;

const page = (name) => `<!doctype html><title>cold</title><body><script type="module">
  await new Promise((resolve) => setTimeout(resolve, ${SETTLE_MS}));
  const start = performance.now();
  const { product } = await import("/${name}.js");
  const first = await product();
  const ms = performance.now() - start;
  await fetch("/result", { method: "POST", body: JSON.stringify({ first, ms }) });
</script>`;

/** Serves the files of `folders` and a page per program; `told` is called with the result that a page sends. */
async function serve(folders, told) {
  const server = createServer(async (request, response) => {
    const name = request.url.slice(1);
    if (request.method === "POST") {
      told(await json(request));
      return void response.end();
    }
    if (!name.includes(".")) return void response.writeHead(200, { "content-type": "text/html" }).end(page(name));
    for (const folder of folders) {
      try {
        const body = readFileSync(join(folder, name));
        return void response.writeHead(200, { "content-type": TYPES[name.split(".").pop()] }).end(body);
      } catch {
        // The next folder may have it.
      }
    }
    response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** @returns {Promise<{ measure: (program: object) => Promise<{ first: number, ms: number }>, close: () => Promise<void> }>} */
export async function openChromium(programs, folder, wasmFolders) {
  for (const program of programs) bundle(program, 'export { product } from "program";', join(folder, `${program.name}.js`));
  let told;
  const server = await serve([folder, ...wasmFolders], (result) => told(result));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  return {
    async measure({ name }) {
      const context = await browser.newContext();
      const tab = await context.newPage();
      const result = new Promise((resolve) => {
        told = resolve;
      });
      await tab.goto(`http://127.0.0.1:${server.address().port}/${name}`);
      await result;
      await context.close();
      return result;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
