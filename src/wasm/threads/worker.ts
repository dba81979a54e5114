// The worker's script. A worker receives the kernels and the two memories in one message, answers that it is ready, and runs parts of
// calls until it is told to stop. It is carried as text, and as a file for pages that allow no workers made from text.
import { controlOver, type Kernel, serve } from "./control.js";
import type { Start } from "./host.js";

interface Port {
  postMessage(message: unknown): void;
}

function startWorker(port: Port, { module, memory, control, thread }: Start): void {
  const { exports } = new WebAssembly.Instance(module as WebAssembly.Module, { env: { memory: memory as WebAssembly.Memory } });
  port.postMessage("ready");
  serve(controlOver(control), Object.values(exports) as Kernel[], thread);
}

if (typeof globalThis.process?.getBuiltinModule === "function") {
  // A worker thread ends by itself once nobody listens to its port.
  const port = process.getBuiltinModule("node:worker_threads").parentPort;
  port?.once("message", (data: Start) => startWorker(port, data));
} else {
  const scope = globalThis as unknown as Port & { close(): void };
  const listen = ({ data }: MessageEvent<Start>): void => {
    startWorker(scope, data);
    scope.close();
  };
  addEventListener("message", listen, { once: true });
}
