// Workers as the host has them: Node's, which Deno and Bun have too and which let a process end, or those of the web.
import { workerText } from "../generated/workerText.js";

/** Whether there is Node's module of workers. The worker's side asks the same. */
const inNode = (): boolean => typeof globalThis.process?.getBuiltinModule === "function";

/** Where a worker's file lies: a URL as text or as an object. */
export type WorkerUrl = string | { readonly href: string };

/** The one message a worker gets. */
export interface Start {
  readonly module: object;
  readonly memory: object;
  readonly control: SharedArrayBuffer;
  /** Its number; the caller is 0. */
  readonly thread: number;
}

export interface Host {
  send(start: Start): void;
  /** Lets the process end although the worker lives. */
  unref(): void;
  end(): void;
}

export interface Listener {
  ready(): void;
  /** The worker ended, or never began. */
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
    event.preventDefault?.(); // told to the caller, not to the page
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

/** What keeps this host from running threads, or nothing. */
export function obstacle(): string | undefined {
  if (typeof Worker !== "function" && !inNode()) return "this runtime cannot start workers";
  // A page without the two headers can still make a shared memory, but not give it to a worker.
  if (globalThis.crossOriginIsolated === false || typeof SharedArrayBuffer === "undefined") {
    return "memory cannot be shared; a page must be served with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
  }
  return undefined;
}

/** Makes a worker, from the library's own text unless there is a URL. */
export function spawn(url: WorkerUrl | undefined, listener: Listener): Host {
  const text = typeof url === "object" ? url.href : url;
  return inNode() ? nodeWorker(text, listener) : webWorker(text, listener);
}
