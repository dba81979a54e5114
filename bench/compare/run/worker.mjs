// The process of one contestant: node worker.mjs MODULE VARIANT [CHECKOUT]. Requests come on stdin and answers go to stdout, one JSON object
// a line: open, prepare (a work for a lane), sample (one turn of a lane), close (all lanes).
import { createInterface } from "node:readline";
import { digestOf } from "./digest.mjs";
import { median } from "./statistics.mjs";
import { turn, warmUp } from "./stopwatch.mjs";

const [module, variant, checkout] = process.argv.slice(2);
for (const level of ["log", "info", "debug"]) console[level] = console.error;

/** @type {import("../peers/contract.mjs").Peer} */
let peer;
const lanes = new Map();

const answers = {
  async open() {
    peer = await (await import(module)).open(variant, checkout);
    return { version: peer.version };
  },

  async prepare({ lane, work }) {
    const make = peer.works[work.kind];
    if (!make) throw new Error(peer.lacks?.[work.kind] ?? `has no ${work.kind}`);
    const { read, free } = peer;
    const handle = { read, free, ...(await make(work)) };
    const first = handle.run();
    const out = await first;
    const digest = digestOf(await handle.read(out));
    handle.free(out);
    const timed = { ...handle, waits: first instanceof Promise };
    lanes.set(lane, { timed, times: await warmUp(timed) });
    return { digest };
  },

  async sample({ lane }) {
    const { timed, times } = lanes.get(lane);
    return { ms: median(await turn(timed, times)) };
  },

  async close() {
    for (const { timed } of lanes.values()) await timed.close?.();
    lanes.clear();
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const reply = await answers[request.do](request).catch((error) => ({ error: String(error?.message ?? error).split("\n")[0] }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
process.exit();
