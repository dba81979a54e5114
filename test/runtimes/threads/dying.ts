// A worker that says it is ready, takes one part of a call, and ends instead of running it.

import { controlOver, TICKET } from "../../../src/wasm/threads/control.js";
import type { Start } from "../../../src/wasm/threads/host.js";

interface Port {
  postMessage(message: unknown): void;
}

/** Takes a part as `work` of src/wasm/threads/control.ts does; returns when it has one. */
function takeOne(words: Int32Array): void {
  for (;;) {
    const ticket = Atomics.load(words, TICKET);
    if ((ticket & 0xffff) > 0 && Atomics.compareExchange(words, TICKET, ticket, ticket - 1) === ticket) return;
  }
}

function start(port: Port, { control }: Start): void {
  port.postMessage("ready");
  takeOne(controlOver(control).words);
}

if (typeof globalThis.process?.getBuiltinModule === "function") {
  const port = process.getBuiltinModule("node:worker_threads").parentPort;
  port?.once("message", (data: Start) => {
    start(port, data);
    process.exit();
  });
} else {
  const scope = globalThis as unknown as Port & { close(): void };
  addEventListener("message", ({ data }: MessageEvent<Start>) => {
    start(scope, data);
    scope.close();
  });
}
