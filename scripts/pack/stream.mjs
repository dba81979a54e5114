// The counterpart of assembly/unpack/stream.ts: a stream of symbols with immediates as literals and copies of earlier symbols.
import { LOCAL } from "./instructions.mjs";
import { bitsBehindLeading, mantissa, number, tree } from "./range.mjs";

/** Estimated bits of the steps, for the choice between them. They were found by trying: a change by a half changes little. */
const PRICE = { literal: 8, again: 2, copy: 4, length: 1, lengthBit: 2, same: 0.15, place: 4.5, byte: 7 };
/** Earlier places of the same three symbols that are tried, the latest. */
const MOST_PLACES = 600;
/** Steps whose kinds choose the models of the next one: the last two, of three kinds. */
const STEPS = 9;
const LEAST_COPY = 2;

/** @typedef {{ symbol: number, kind: number, immediate: Uint8Array, key: string }} Item `key` is equal for equal immediates */
/** @typedef {{ from: number, length: number, distance: number, again: boolean }} Step a literal has distance 0 */

const missPrice = ({ kind, immediate }) => (kind & LOCAL ? PRICE.place : PRICE.byte * immediate.length);

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

/**
 * The cheapest steps for the items from `start` on, by dynamic programming over estimated prices.
 * @param {Item[]} items
 * @returns {Step[]}
 */
function chooseSteps(items, start) {
  const end = items.length;
  const places = placesOf(items, start);
  const price = new Float64Array(end + 1).fill(Number.POSITIVE_INFINITY);
  /** The best step to each position, and the last two distances behind it. */
  const arrival = new Array(end + 1);
  price[start] = 0;
  arrival[start] = { distances: [1, 1] };
  const arrive = (to, cost, step, distances) => {
    if (cost >= price[to]) return;
    price[to] = cost;
    arrival[to] = { step, distances };
  };
  for (let i = start; i < end; i++) {
    const { distances } = arrival[i];
    const item = items[i];
    arrive(i + 1, price[i] + PRICE.literal + (item.kind ? 0.9 * missPrice(item) : 0), { from: i, length: 1, distance: 0 }, distances);
    const copy = (distance, base, again, after) => {
      if (distance > i) return;
      let cost = price[i] + base;
      for (let length = 1; i + length <= end; length++) {
        const item = items[i + length - 1];
        const source = items[i + length - 1 - distance];
        if (item.symbol !== source.symbol) return;
        if (item.kind) cost += item.key === source.key ? PRICE.same : missPrice(item);
        if (!again && length < LEAST_COPY) continue;
        arrive(i + length, cost + PRICE.length + PRICE.lengthBit * Math.log2(length), { from: i, length, distance, again }, after);
      }
    };
    const [last, before] = distances;
    copy(last, PRICE.again, true, distances);
    if (before !== last) copy(before, PRICE.again + 1, true, [before, last]);
    for (const place of places[i]) copy(i - place, PRICE.copy + Math.log2(i - place), false, [i - place, last]);
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
  write(encoder, items) {
    const start = this.#items.length;
    this.#items.push(...items);
    number(encoder, `${this.#name}count`, items.length);
    this.#answers = { local: 0, other: 0 };
    let distances = [1, 1];
    let steps = 0;
    const then = (kind) => {
      steps = (steps * 3 + kind) % STEPS;
    };
    for (const { from, length, distance, again } of chooseSteps(this.#items, start)) {
      encoder.bit(`${this.#name}copy${steps}`, distance ? 1 : 0);
      if (!distance) {
        tree(encoder, `${this.#name}literal`, this.#items[from].symbol, 8);
        then(0);
      } else {
        encoder.bit(`${this.#name}again${steps}`, again ? 1 : 0);
        if (again) {
          encoder.bit(`${this.#name}before${steps}`, distance === distances[0] ? 0 : 1);
          if (distance !== distances[0]) distances.reverse();
          number(encoder, `${this.#name}againLength`, length - 1);
          then(1);
        } else {
          number(encoder, `${this.#name}length`, length - LEAST_COPY);
          const bits = bitsBehindLeading(distance);
          tree(encoder, `${this.#name}distance${Math.min(length - LEAST_COPY, 3)}`, bits, 5);
          mantissa(encoder, `${this.#name}distance/${bits}`, distance, bits, bits <= 4 ? 4 : 2);
          distances = [distance, distances[0]];
          then(2);
        }
      }
      for (let i = from; i < from + length; i++)
        this.#writeImmediate(encoder, this.#items[i], distance ? this.#items[i - distance] : undefined);
    }
  }

  #writeImmediate(encoder, item, source) {
    const { symbol, kind, key } = item;
    if (!kind) return;
    const expected = source ?? this.#last.get(symbol);
    this.#last.set(symbol, item);
    if (expected) {
      const which = kind & LOCAL ? "local" : "other";
      const other = key === expected.key ? 0 : 1;
      encoder.bit(`other${symbol},${source ? 1 : 0},${this.#answers[which]}`, other);
      this.#answers[which] = ((this.#answers[which] << 1) | other) & 7;
      if (!other) return;
    }
    if (kind & LOCAL) {
      const place = source ? Math.min(source.immediate[0], 6) : 7;
      number(encoder, `place${kind & 15},${place}`, item.immediate[0]);
    } else {
      item.immediate.forEach((byte, i) => {
        const before = i === 0 ? 0 : item.immediate[i - 1];
        tree(encoder, i === 0 ? `first${symbol}` : `byte${i & 3},${before >> 5}`, byte, 8);
      });
    }
  }
}
