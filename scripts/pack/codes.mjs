// The parts of a step and of an immediate as bits with models. Each function writes to an encoder, which may be one that adds up prices
// (range.mjs).
import { LOCAL } from "./instructions.mjs";
import { bitsBehindLeading, mantissa, number, tree } from "./range.mjs";

export const LEAST_COPY = 2;
/** Steps whose kinds choose the models of the next one: the last two, of three kinds. */
export const STEPS = 9;
/** The last three answers to whether an immediate differs choose the models of the next one. */
export const ANSWERS = 8;

/** What comes behind the last two steps, by their kinds: a literal, a copy from one of the last two distances, another copy. */
export const after = (kinds, kind) => (kinds * 3 + kind) % STEPS;

export function writeLiteral(encoder, name, kinds, symbol) {
  encoder.bit(`${name}copy${kinds}`, 0);
  tree(encoder, `${name}literal`, symbol, 8);
}

export function writeAgain(encoder, name, kinds, before) {
  encoder.bit(`${name}copy${kinds}`, 1);
  encoder.bit(`${name}again${kinds}`, 1);
  encoder.bit(`${name}before${kinds}`, before ? 1 : 0);
}

export function writeCopy(encoder, name, kinds) {
  encoder.bit(`${name}copy${kinds}`, 1);
  encoder.bit(`${name}again${kinds}`, 0);
}

export const writeAgainLength = (encoder, name, length) => number(encoder, `${name}againLength`, length - 1);
export const writeLength = (encoder, name, length) => number(encoder, `${name}length`, length - LEAST_COPY);

export function writeDistance(encoder, name, distance) {
  const bits = bitsBehindLeading(distance);
  tree(encoder, `${name}distance`, bits, 5);
  mantissa(encoder, `${name}distance/${bits}`, distance, bits, modelledBits(bits));
}

/** How many of the bits of a distance have models: the first ones, and all of a short distance. */
export const modelledBits = (bits) => (bits <= 4 ? 4 : 2);

/** How an immediate is expected, by which the answer has other models: its first byte, and whether it is that of a copied instruction. */
export const expectation = ({ immediate }, copied) => (copied ? 4 : 0) | Math.min(immediate[0], 3);

/** The models of whether an immediate is not the expected one, but for the last answers. */
export const otherName = ({ symbol }, expected, copied) => `other${symbol},${expectation(expected, copied)}`;

/** The variable that is expected, by which a place has other models. */
export const placeKind = ({ kind }, source) => (kind & LOCAL && source ? Math.min(source.immediate[0], 6) : 7);

/** An immediate that is not the expected one; `source` is what the instruction is copied from. */
export function writeImmediate(encoder, item, source) {
  const { symbol, kind, immediate } = item;
  if (kind & LOCAL) {
    number(encoder, `place${kind & 15},${placeKind(item, source)}`, immediate[0]);
  } else {
    immediate.forEach((byte, i) => {
      tree(encoder, i === 0 ? `first${symbol}` : `byte${immediate[i - 1] >> 1}`, byte, 8);
    });
  }
}
