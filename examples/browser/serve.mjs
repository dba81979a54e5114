// A server to try the page with: `node examples/browser/serve.mjs [--port 8080] [--isolate]`, after `npm run build`.
// The scripts import packages by name, and browsers know only paths (import maps do not reach workers), so names become
// paths on the way out. A bundler does the same once and for all.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Which folders a path is looked up in. Nothing else is given out. */
const FOLDERS = [
  ["/dist/", ["dist"]],
  ["/node_modules/@assemblyscript/loader/", ["node_modules/@assemblyscript/loader"]],
  ["/", ["examples/browser", "build/examples/browser", "examples/data"]],
];

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".gz": "application/octet-stream",
};

/** What the page may do. Kernels need 'wasm-unsafe-eval', charts bring their styles along. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";
/** With these two a page may share memory with its workers. This one does not need it. */
const ISOLATION = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

function fileOf(path) {
  const [prefix, folders] = FOLDERS.find(([start]) => path.startsWith(start));
  const name = path === "/" ? "index.html" : path.slice(prefix.length);
  return folders
    .map((folder) => [join(ROOT, folder), join(ROOT, folder, name)])
    .filter(([folder, file]) => file.startsWith(folder + sep) && extname(file) in TYPES && existsSync(file) && statSync(file).isFile())
    .map(([, file]) => file)[0];
}

/** `"simdgrad"`, `"#wasm"` or `"@assemblyscript/loader"` as Node finds them for the build at hand. */
function pathOf(name) {
  return `/${relative(ROOT, fileURLToPath(import.meta.resolve(name))).replaceAll(sep, "/")}`;
}

function withPaths(script) {
  return script.replace(/^((?:import|export) (?:[\w*{}$,\s]+ from )?)"([^"./][^"]*)"/gm, (_, before, name) => `${before}"${pathOf(name)}"`);
}

const { values } = parseArgs({ options: { port: { type: "string", default: "8080" }, isolate: { type: "boolean", default: false } } });

const server = createServer(({ url = "/" }, response) => {
  const file = fileOf(new URL(url, "http://localhost").pathname);
  if (!file) return void response.writeHead(404).end("not found");
  const type = extname(file);
  response.writeHead(200, {
    "content-type": TYPES[type],
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    ...(values.isolate ? ISOLATION : {}),
  });
  response.end(type === ".js" ? withPaths(readFileSync(file, "utf8")) : readFileSync(file));
});

if (!existsSync(join(ROOT, "build/examples/browser/page.js"))) {
  console.error("build the package first: npm run build");
  process.exit(1);
}
server.listen(Number(values.port), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
