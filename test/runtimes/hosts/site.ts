// A folder as a web site on this machine, with the Content-Security-Policy a careful site sends.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

/** The strictest policy the library runs under: nothing inline, no eval, nothing fetched. */
export const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

/** The headers that let a page share memory with its workers. */
export const ISOLATED: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

export interface Site extends AsyncDisposable {
  readonly url: string;
}

/** Serves the files of a folder; `policy` and other headers are sent with each. */
export async function serve(folder: string, policy?: string, headers: Readonly<Record<string, string>> = {}): Promise<Site> {
  const server = createServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const file = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
    if (!existsSync(file)) return void response.writeHead(404).end();
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    const all = { "content-type": type, ...(policy && { "content-security-policy": policy }), ...headers };
    response.writeHead(200, all).end(readFileSync(file));
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
