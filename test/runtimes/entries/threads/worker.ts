// A Cloudflare Worker: a request for `?job=<job>` is given the answer.
import { perform } from "../../threads/tasks.js";

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await perform(JSON.parse(new URL(request.url).searchParams.get("job") as string)));
  },
};
