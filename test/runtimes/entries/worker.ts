// A Cloudflare Worker: a request for `?simd=baseline` is given the answer.
import type { Simd } from "../smoke.js";
import { answer } from "./answer.js";

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await answer(new URL(request.url).searchParams.get("simd") as Simd));
  },
};
