// A worker: gets the kernels and the two memories in one message, says that it is ready, and takes parts of calls until it is
// told to stop. It also serves as a file of its own where a page allows no workers made from text.
import { controlOver, type Kernel, serve } from "./control.js";
import type { Start } from "./host.js";

interface Port {
  postMessage(message: unknown): void;
}

function start(port: Port, { module, memory, control, thread }: Start): void {
  const { exports } = new WebAssembly.Instance(module as WebAssembly.Module, { env: { memory: memory as WebAssembly.Memory } });
  port.postMessage("ready");
  serve(controlOver(control), Object.values(exports) as Kernel[], thread);
}

if (typeof globalThis.process?.getBuiltinModule === "function") {
  // A thread whose port nobody listens to any more ends by itself.
  const port = process.getBuiltinModule("node:worker_threads").parentPort;
  port?.once("message", (data: Start) => start(port, data));
} else {
  const scope = globalThis as unknown as Port & { close(): void };
  const listen = ({ data }: MessageEvent<Start>): void => {
    start(scope, data);
    scope.close();
  };
  addEventListener("message", listen, { once: true });
}
