// The counterpart of assembly/unpack/stream.ts: a stream of symbols with immediates as literals and copies of earlier symbols.
import { LOCAL } from "./instructions.mjs";
import { bitsBehindLeading, mantissa, number, tree } from "./range.mjs";

/** Earlier places of the same three symbols that are tried, the latest. */
const MOST_PLACES = 600;
/** Steps whose kinds choose the models of the next one: the last two, of three kinds. */
const STEPS = 9;
const LEAST_COPY = 2;

/** @typedef {{ symbol: number, kind: number, immediate: Uint8Array, key: string }} Item `key` is equal for equal immediates */
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

/** What comes behind the last two steps, by their kinds: a literal, a copy from one of the last two distances, another copy. */
const after = (kinds, kind) => (kinds * 3 + kind) % STEPS;

// Each function writes a part of a step, or of an immediate, to an encoder of bits, which may be one that adds up prices.

function writeLiteral(encoder, name, kinds, symbol) {
  encoder.bit(`${name}copy${kinds}`, 0);
  tree(encoder, `${name}literal`, symbol, 8);
}

function writeAgain(encoder, name, kinds, before) {
  encoder.bit(`${name}copy${kinds}`, 1);
  encoder.bit(`${name}again${kinds}`, 1);
  encoder.bit(`${name}before${kinds}`, before ? 1 : 0);
}

function writeCopy(encoder, name, kinds) {
  encoder.bit(`${name}copy${kinds}`, 1);
  encoder.bit(`${name}again${kinds}`, 0);
}

const writeAgainLength = (encoder, name, length) => number(encoder, `${name}againLength`, length - 1);
const writeLength = (encoder, name, length) => number(encoder, `${name}length`, length - LEAST_COPY);

const writeDistanceBits = (encoder, name, length, bits) => tree(encoder, `${name}distance${Math.min(length - LEAST_COPY, 3)}`, bits, 5);
const writeDistanceRest = (encoder, name, distance, bits) =>
  mantissa(encoder, `${name}distance/${bits}`, distance, bits, bits <= 4 ? 4 : 2);

const writeOther = (encoder, { symbol }, source, answers, other) => encoder.bit(`other${symbol},${source ? 1 : 0},${answers}`, other);

/** An immediate that is not the expected one. */
function writeImmediate(encoder, { symbol, kind, immediate }, source) {
  if (kind & LOCAL) {
    const place = source ? Math.min(source.immediate[0], 6) : 7;
    number(encoder, `place${kind & 15},${place}`, immediate[0]);
  } else {
    immediate.forEach((byte, i) => {
      const before = i === 0 ? 0 : immediate[i - 1];
      tree(encoder, i === 0 ? `first${symbol}` : `byte${i & 3},${before >> 5}`, byte, 8);
    });
  }
}

const LENGTHS = 4096;

/** The prices of all parts of a step, in bits. */
function pricesOf(prices, name) {
  const of = (write, ...args) => prices.of((encoder) => write(encoder, ...args));
  const list = (n, f) => Float64Array.from({ length: n }, (_, i) => f(i));
  const known = new Map();
  const immediates = new Map();
  const others = [];
  const remember = (map, key, price) => {
    if (!map.has(key)) map.set(key, price());
    return map.get(key);
  };
  return {
    literal: list(STEPS * 256, (i) => of(writeLiteral, name, i >> 8, i & 255)),
    again: list(STEPS * 2, (i) => of(writeAgain, name, i >> 1, i & 1)),
    copy: list(STEPS, (i) => of(writeCopy, name, i)),
    againLength: list(LENGTHS, (i) => (i < 1 ? 0 : of(writeAgainLength, name, i))),
    length: list(LENGTHS, (i) => (i < LEAST_COPY ? 0 : of(writeLength, name, i))),
    distanceBits: list(4 * 32, (i) => of(writeDistanceBits, name, LEAST_COPY + (i >> 5), i & 31)),
    distance: (distance) => {
      const bits = bitsBehindLeading(distance);
      return remember(known, bits <= 4 ? distance : (bits << 20) | (distance >> (bits - 2)), () =>
        of(writeDistanceRest, name, distance, bits),
      );
    },
    /** Of an immediate, with the one that is expected. */
    immediate: (item, expected, copied) => {
      const same = item === expected;
      const first = expected ? (others[(item.symbol << 2) | (copied ? 2 : 0) | (same ? 0 : 1)] ??= otherPrice(item, copied, same ? 0 : 1)) : 0;
      if (same) return first;
      const place = item.kind & LOCAL && copied ? Math.min(expected.immediate[0], 6) : 7;
      let list = immediates.get(item);
      if (!list) immediates.set(item, (list = []));
      return first + (list[place] ??= of(writeImmediate, item, copied ? expected : undefined));
    },
  };
  function otherPrice(item, copied, other) {
    let sum = 0;
    let n = 0;
    for (let i = 0; i < 8; i++) {
      const count = prices.count(`other${item.symbol},${copied ? 1 : 0},${i}`);
      sum += of(writeOther, item, copied, i, other) * count;
      n += count;
    }
    return sum / n;
  }
}

/**
 * The cheapest steps for the items from `start` on, by dynamic programming.
 * @param {Item[]} items
 * @returns {Step[]}
 */
function chooseSteps(items, start, prices, lastOf) {
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
  const latest = new Map(lastOf);
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
      const bits = bitsBehindLeading(distance);
      for (let length = 1; i + length <= end && length < LENGTHS; length++) {
        const item = items[i + length - 1];
        const source = items[i + length - 1 - distance];
        if (item.symbol !== source.symbol) return;
        if (item.kind) cost += prices.immediate(item, source, true);
        if (!again && length < LEAST_COPY) continue;
        const long = again ? prices.againLength[length] : prices.length[length] + prices.distanceBits[(Math.min(length - LEAST_COPY, 3) << 5) | bits];
        if (cost + long < price[i + length]) arrive(i + length, cost + long, { from: i, length, distance, again }, nextDistances, next);
      }
    };
    const [last, before] = distances;
    copy(last, prices.again[kinds << 1], true, distances);
    if (before !== last) copy(before, prices.again[(kinds << 1) | 1], true, [before, last]);
    for (const place of places[i]) copy(i - place, prices.copy[kinds] + prices.distance(i - place), false, [i - place, last]);
  }
  const steps = [];
  for (let at = end; at > start; at = steps.at(-1).from) steps.push(arrival[at].step);
  return steps.reverse();
}

/** Writes one stream: its models have names that start with `name`. */
export class StreamEncoder {
  /** @type {Item[]} */
  #items = [];
  #name;
  #last = new Map();
  #answers = { local: 0, other: 0 };

  constructor(name) {
    this.#name = name;
  }

  /** The state, for `restore`. */
  save() {
    return { items: [...this.#items], last: new Map(this.#last) };
  }

  restore({ items, last }) {
    this.#items = [...items];
    this.#last = new Map(last);
  }

  /** @param {Item[]} items */
  write(encoder, items, prices) {
    const start = this.#items.length;
    this.#items.push(...items);
    number(encoder, `${this.#name}count`, items.length);
    this.#answers = { local: 0, other: 0 };
    let distances = [1, 1];
    let kinds = 0;
    const name = this.#name;
    for (const { from, length, distance, again } of chooseSteps(this.#items, start, pricesOf(prices, name), this.#last)) {
      if (!distance) {
        writeLiteral(encoder, name, kinds, this.#items[from].symbol);
        kinds = after(kinds, 0);
      } else if (again) {
        const before = distance !== distances[0];
        writeAgain(encoder, name, kinds, before);
        if (before) distances.reverse();
        writeAgainLength(encoder, name, length);
        kinds = after(kinds, 1);
      } else {
        writeCopy(encoder, name, kinds);
        writeLength(encoder, name, length);
        const bits = bitsBehindLeading(distance);
        writeDistanceBits(encoder, name, length, bits);
        writeDistanceRest(encoder, name, distance, bits);
        distances = [distance, distances[0]];
        kinds = after(kinds, 2);
      }
      for (let i = from; i < from + length; i++)
        this.#writeImmediate(encoder, this.#items[i], distance ? this.#items[i - distance] : undefined);
    }
  }

  #writeImmediate(encoder, item, source) {
    const { symbol, kind } = item;
    if (!kind) return;
    const expected = source ?? this.#last.get(symbol);
    this.#last.set(symbol, item);
    if (expected) {
      const which = kind & LOCAL ? "local" : "other";
      const other = item === expected ? 0 : 1;
      writeOther(encoder, item, source, this.#answers[which], other);
      this.#answers[which] = ((this.#answers[which] << 1) | other) & 7;
      if (!other) return;
    }
    writeImmediate(encoder, item, source);
  }
}
