// The subset of the WebAssembly binary format that loops over 128-bit vectors need: https://webassembly.github.io/spec/core/binary

function unsigned(value) {
  const bytes = [];
  for (let rest = value >>> 0; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

function signed(value) {
  const bytes = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...bytes, rest & 127];
    bytes.push((rest & 127) | 128);
  }
}

const vector = (items) => [...unsigned(items.length), ...items.flat()];
const section = (id, content) => [id, ...unsigned(content.length), ...content];
const name = (text) => vector([...Buffer.from(text)]);
const simd = (opcode, ...rest) => [0xfd, ...unsigned(opcode), ...rest];
const ALIGN_16 = 4;

export const I32 = 0x7f;
export const V128 = 0x7b;

export const get = (local) => [0x20, ...unsigned(local)];
export const set = (local) => [0x21, ...unsigned(local)];
export const i32 = { const: (value) => [0x41, ...signed(value)], add: [0x6a], ne: [0x47] };
export const v128 = {
  load: (offset) => simd(0x00, ALIGN_16, ...unsigned(offset)),
  store: (offset) => simd(0x0b, ALIGN_16, ...unsigned(offset)),
};
export const f32x4 = {
  splat: (value) => [0x43, ...Buffer.from(Float32Array.of(value).buffer), ...simd(0x13)],
  add: simd(0xe4),
  mul: simd(0xe6),
  relaxedMadd: simd(0x105),
};

/** Runs `body` at least once, and repeats it while the value that it leaves on the stack is not 0. */
export const repeat = (body) => [0x03, 0x40, ...body, 0x0d, 0x00, 0x0b];

/**
 * A module that exports its memory as `memory`.
 * @param {number} pages of 64 KiB
 * @param {Record<string, { params: number, locals: number[], code: number[] }>} functions that take i32s and give nothing; local
 *   numbers go on where the parameters end
 */
export function assemble(pages, functions) {
  const list = Object.entries(functions);
  const types = list.map(([, { params }]) => [0x60, ...vector(Array(params).fill([I32])), ...vector([])]);
  const bodies = list.map(([, { locals, code }]) => {
    const body = [...vector(locals.map((type) => [1, type])), ...code, 0x0b];
    return [...unsigned(body.length), ...body];
  });
  const exports = [[...name("memory"), 2, 0], ...list.map(([title], i) => [...name(title), 0, i])];
  const bytes = [
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, vector(types)),
    section(3, vector(list.map((_, i) => [i]))),
    section(5, vector([[0, ...unsigned(pages)]])),
    section(7, vector(exports)),
    section(10, vector(bodies)),
  ];
  return new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes.flat()))).exports;
}
