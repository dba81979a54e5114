// The benchmarks in Chromium: `node bench/chromium.mjs "filter=gemm&simd=baseline"` after `npm run build`.
import { createServer } from "node:http";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const { outputFiles } = await build({
  entryPoints: ["build/bench/page.js"],
  bundle: true,
  format: "esm",
  write: false,
  alias: { simdgrad: "./dist/index.js" },
});
const server = createServer((request, response) => {
  const script = request.url === "/page.js";
  // An isolated page has a clock of 5 us, others of 100.
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("cross-origin-embedder-policy", "require-corp");
  response.setHeader("content-type", script ? "text/javascript" : "text/html");
  response.end(script ? outputFiles[0].contents : '<!doctype html><script type="module" src="/page.js"></script>');
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
console.log(`Chromium ${browser.version()}`);
const page = await browser.newPage();
page.on("console", (message) => console.log(message.text()));
page.on("pageerror", (error) => console.error(error));
await page.goto(`http://127.0.0.1:${server.address().port}/?${process.argv[2] ?? ""}`);
await page.waitForFunction(() => document.title === "done", undefined, { timeout: 0 });
await browser.close();
server.close();
