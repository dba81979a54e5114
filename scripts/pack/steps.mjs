// Divides a stream into literals and copies, by the prices that their codes had when all was packed the last time.
import {
  ANSWERS,
  after,
  expectation,
  LEAST_COPY,
  modelledBits,
  otherName,
  placeKind,
  STEPS,
  writeAgain,
  writeAgainLength,
  writeCopy,
  writeDistance,
  writeImmediate,
  writeLength,
  writeLiteral,
} from "./codes.mjs";
import { bitsBehindLeading } from "./range.mjs";

/** Earlier places of the same three symbols that are tried, the latest. */
const MOST_PLACES = 600;
/** Lengths of copies that are tried are below this. */
const LENGTHS = 4096;

/** @typedef {{ symbol: number, kind: number, immediate?: Uint8Array }} Item equal instructions are the same object */
/** @typedef {{ from: number, length: number, distance: number, again: boolean }} Step a literal has distance 0 */

/** For each item from `start` on, earlier items where the same three symbols start. */
function placesOf(items, start) {
  const places = new Map();
  return items.map((item, i) => {
    const key = `${item.symbol},${items[i + 1]?.symbol},${items[i + 2]?.symbol}`;
    const list = places.get(key);
    if (!list) {
      places.set(key, [i]);
      return [];
    }
    const found = i < start ? [] : list.slice(-MOST_PLACES);
    list.push(i);
    return found;
  });
}

/** What a map has for a key, made when it is first asked for. */
function remember(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

/** The prices of all parts of the steps of a stream in bits, as tables and as functions that remember what they returned. */
export function pricesOf(prices, name) {
  const of = (write, ...args) => prices.of((encoder) => write(encoder, ...args));
  const list = (n, price) => Float64Array.from({ length: n }, (_, i) => price(i));
  const [distances, immediates, answers] = [new Map(), new Map(), new Map()];
  const answersOf = (before) => prices.ofEither(Array.from({ length: ANSWERS }, (_, i) => `${before},${i}`));
  return {
    literal: list(STEPS * 256, (i) => of(writeLiteral, name, i >> 8, i & 255)),
    again: list(STEPS * 2, (i) => of(writeAgain, name, i >> 1, i & 1)),
    copy: list(STEPS, (i) => of(writeCopy, name, i)),
    againLength: list(LENGTHS, (i) => (i < 1 ? 0 : of(writeAgainLength, name, i))),
    length: list(LENGTHS, (i) => (i < LEAST_COPY ? 0 : of(writeLength, name, i))),
    distance(distance) {
      const bits = bitsBehindLeading(distance);
      const modelled = distance >> Math.max(bits - modelledBits(bits), 0);
      return remember(distances, (bits << 5) | modelled, () => of(writeDistance, name, distance));
    },
    /** Of an immediate, with the one that is expected; the last answers are left out of account. */
    immediate(item, expected, copied) {
      const source = copied ? expected : undefined;
      const other = () => {
        const byPlace = remember(immediates, item, () => new Map());
        return remember(byPlace, placeKind(item, source), () => of(writeImmediate, item, source));
      };
      if (!expected) return other();
      const context = (item.symbol << 3) | expectation(expected, copied);
      const [asExpected, not] = remember(answers, context, () => answersOf(otherName(item, expected, copied)));
      return item === expected ? asExpected : not + other();
    },
  };
}

/**
 * The cheapest steps for the items from `start` on, by dynamic programming.
 * @param {Item[]} items
 * @param {ReturnType<typeof pricesOf>} prices
 * @param {Map<number, Item>} last the last item of each symbol before `start`
 * @returns {Step[]}
 */
export function chooseSteps(items, start, prices, last) {
  const end = items.length;
  const places = placesOf(items, start);
  const price = new Float64Array(end + 1).fill(Number.POSITIVE_INFINITY);
  /** The best step to each position, and the last two distances and the kinds of the last two steps behind it. */
  const arrival = new Array(end + 1);
  price[start] = 0;
  arrival[start] = { distances: [1, 1], kinds: 0 };
  const arrive = (to, cost, step, distances, kinds) => {
    if (cost >= price[to]) return;
    price[to] = cost;
    arrival[to] = { step, distances, kinds };
  };
  const latest = new Map(last);
  for (let i = start; i < end; i++) {
    const { distances, kinds } = arrival[i];
    const item = items[i];
    let cost = price[i] + prices.literal[(kinds << 8) | item.symbol];
    if (item.kind) {
      cost += prices.immediate(item, latest.get(item.symbol), false);
      latest.set(item.symbol, item);
    }
    arrive(i + 1, cost, { from: i, length: 1, distance: 0 }, distances, after(kinds, 0));
    const copy = (distance, base, again, nextDistances) => {
      if (distance > i) return;
      let cost = price[i] + base;
      const next = after(kinds, again ? 1 : 2);
      for (let length = 1; i + length <= end && length < LENGTHS; length++) {
        const item = items[i + length - 1];
        const source = items[i + length - 1 - distance];
        if (item.symbol !== source.symbol) return;
        if (item.kind) cost += prices.immediate(item, source, true);
        if (!again && length < LEAST_COPY) continue;
        const long = again ? prices.againLength[length] : prices.length[length];
        if (cost + long < price[i + length]) arrive(i + length, cost + long, { from: i, length, distance, again }, nextDistances, next);
      }
    };
    const [previous, before] = distances;
    copy(previous, prices.again[kinds << 1], true, distances);
    if (before !== previous) copy(before, prices.again[(kinds << 1) | 1], true, [before, previous]);
    for (const place of places[i]) copy(i - place, prices.copy[kinds] + prices.distance(i - place), false, [i - place, previous]);
  }
  const steps = [];
  for (let at = end; at > start; at = steps.at(-1).from) steps.push(arrival[at].step);
  return steps.reverse();
}
