// Cuts of assembly/attention: heads of keys, so that all that is added to the gradient of a key is added by one thread; forward also queries.
import { along, outermost, type Splits } from "./cut.js";

/** Nanoseconds for a query, a key and a number of each: two products forward, five backward. */
const NS = 0.05;

/** Queries of a block. */
const BLOCK = 24;

/** Bytes of the queries of a head of keys, of their results, of its keys and of its values. */
const [QUERIES, RESULTS, KEYS, VALUES] = ["4*group*T*D", "4*group*T*E", "4*S*D", "4*S*E"];
const SHARED = { q: QUERIES, k: KEYS, v: VALUES, bias: 0, offsets: "4*group", out: RESULTS, rest: "8*group*T" } as const;

export const attention = {
  attention: {
    cost: [2 * NS, "kinds", "group", "count", "S", "D"],
    writes: ["out", "rest"],
    scratch: "attentionWorkspace(S,D,E)",
    cuts: [
      outermost("kinds", { ...SHARED, first: QUERIES }),
      along("count", BLOCK, { q: "4*D", first: 0, k: 0, v: 0, bias: 0, offsets: 0, out: "4*E", rest: 8 }, { rounds: 1 }),
    ],
  },
  attentionGrad: {
    cost: [5 * NS, "kinds", "group", "T", "S", "D"],
    writes: ["dq", "dk", "dv"],
    scratch: "attentionGradWorkspace(T,S,D,E)",
    cuts: [outermost("kinds", { ...SHARED, g: RESULTS, dq: QUERIES, dk: KEYS, dv: VALUES })],
  },
} satisfies Splits;
