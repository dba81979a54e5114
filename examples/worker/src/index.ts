// A Cloudflare Worker that recognises handwritten digits, and learns from some within a request.
import { init, memory, runtime } from "simdgrad";
import type { DigitNet } from "../../browser/model.js";
import { classify, readModel, tune } from "./digits.js";
import { Refusal } from "./http.js";
import { readDrawing, readTuning } from "./input.js";

/** What `wrangler.jsonc` binds. */
export interface Env {
  /** The files of `public/`. */
  readonly ASSETS: { fetch(url: string | URL): Promise<Response> };
  /** Kernels: "auto", or "baseline" for the same bytes everywhere. */
  readonly SIMD: "auto" | "baseline";
}

/** A Worker has 128 MB for everything; tensors get half. */
const LIMIT_BYTES = 64 * 1024 * 1024;

let model: DigitNet | undefined;

/**
 * The model, read by the first requests of an isolate. What is kept is the model and not a promise of it: a promise would
 * belong to the request that made it, and be lost with it. Requests that come at once read the file each and share one model.
 */
async function loaded(request: Request, env: Env): Promise<DigitNet> {
  if (model) return model;
  const response = await env.ASSETS.fetch(new URL("/digits.safetensors", request.url));
  if (!response.ok) throw new Error(`digits.safetensors: the assets answered ${response.status}`);
  const file = new Uint8Array(await response.arrayBuffer());
  await init({ simd: env.SIMD, limitBytes: LIMIT_BYTES });
  model ??= readModel(file);
  return model;
}

type Handler = (request: Request, env: Env) => Promise<object>;

/** By path and method. All waiting is done before a tensor is made. */
const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  "/classify": {
    async POST(request, env) {
      const pixels = await readDrawing(request);
      return classify(await loaded(request, env), pixels);
    },
  },
  "/tune": {
    async POST(request, env) {
      const tuning = await readTuning(request);
      return tune(await loaded(request, env), tuning);
    },
  },
  "/health": {
    async GET(request, env) {
      await loaded(request, env);
      return { ...runtime(), memory: memory() };
    },
  },
};

function route(request: Request): Handler {
  const { pathname } = new URL(request.url);
  const methods = Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
  if (!methods) throw new Refusal(404, `there is no ${pathname}; there are ${Object.keys(routes).join(", ")}`);
  const handler = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
  const allow = Object.keys(methods).join(", ");
  if (!handler) throw new Refusal(405, `${pathname} takes ${allow}, not ${request.method}`, { allow });
  return handler;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      return Response.json(await route(request)(request, env));
    } catch (error) {
      if (error instanceof Refusal) return Response.json({ error: error.message }, { status: error.status, headers: error.headers });
      console.error(error);
      return Response.json({ error: "something went wrong here; it was not the request" }, { status: 500 });
    }
  },
};
