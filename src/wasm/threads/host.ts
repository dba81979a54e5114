// Workers of the host: those of node:worker_threads in Node, Deno and Bun, which do not keep a process alive, or those of the web.
import { workerText } from "../generated/workerText.js";

/** Whether node:worker_threads exists. worker.ts makes the same test. */
const inNode = (): boolean => typeof globalThis.process?.getBuiltinModule === "function";

/** The URL of a worker's file, as a string or as an object. */
export type WorkerUrl = string | { readonly href: string };

/** The only message that a worker receives. */
export interface Start {
  readonly module: object;
  readonly memory: object;
  readonly control: SharedArrayBuffer;
  /** The worker's number; the calling thread has number 0. */
  readonly thread: number;
}

export interface Host {
  send(start: Start): void;
  /** Allows the process to end although the worker runs. */
  unref(): void;
  end(): void;
}

export interface Listener {
  ready(): void;
  /** Called when the worker has ended or could not start. */
  gone(why: string): void;
}

function webWorker(url: string | undefined, { ready, gone }: Listener): Host {
  const text = url ?? URL.createObjectURL(new Blob([workerText], { type: "text/javascript" }));
  const worker = new Worker(text, { type: "module", name: "simdgrad" });
  const release = () => {
    if (url === undefined) URL.revokeObjectURL(text);
  };
  worker.onmessage = () => {
    release();
    ready();
  };
  worker.onerror = (event) => {
    event.preventDefault?.(); // reported to the caller, not to the page
    release();
    gone(event.message || "it could not be loaded; a page whose Content-Security-Policy forbids blob: workers needs { workerUrl }");
  };
  return {
    send: (start) => worker.postMessage(start),
    unref: () => undefined, // a page's workers end with it
    end: () => worker.terminate(),
  };
}

function nodeWorker(url: string | undefined, { ready, gone }: Listener): Host {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const worker = url === undefined ? new Worker(workerText, { eval: true, name: "simdgrad" }) : new Worker(new URL(url));
  worker.on("message", ready);
  worker.on("error", ({ message }) => gone(message));
  worker.on("exit", (code) => gone(`it ended with code ${code}`));
  return { send: (start) => worker.postMessage(start), unref: () => worker.unref(), end: () => void worker.terminate() };
}

/** Returns why this host cannot run threads; undefined if it can. */
export function obstacle(): string | undefined {
  if (typeof Worker !== "function" && !inNode()) return "this runtime cannot start workers";
  // A page without the two headers can make a shared memory, but cannot pass it to a worker.
  if (globalThis.crossOriginIsolated === false) {
    return "memory cannot be shared; a page must be served with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
  }
  return typeof SharedArrayBuffer === "undefined" ? "this runtime has no SharedArrayBuffer" : undefined;
}

/** Starts a worker, from the library's text unless a URL is given. */
export function spawn(url: WorkerUrl | undefined, listener: Listener): Host {
  const text = typeof url === "object" ? url.href : url;
  return inNode() ? nodeWorker(text, listener) : webWorker(text, listener);
}
