// The limits of this machine for WebAssembly on one thread: arithmetic in registers, and a plain copy.
import { assemble, f32x4, get, i32, repeat, set, V128, v128 } from "./assembler.mjs";

/** Enough independent sums to hide the latency of additions; with two factors, they fill 14 of the 15 registers that V8 provides. */
const SUMS = 12;
/** Additions to each sum per iteration of the loop. */
const UNROLL = 4;
const LANES = 4;

/** Parameter 0 counts iterations; sums are locals 1 to SUMS, followed by the two factors. `step` leaves the next sum on the stack. */
function arithmetic(step) {
  const sums = Array.from({ length: SUMS }, (_, i) => i + 1);
  const [x, y] = [SUMS + 1, SUMS + 2];
  const round = sums.flatMap((sum) => [...step(sum, x, y), ...set(sum)]);
  const code = [
    ...[...f32x4.splat(0.5), ...set(x), ...f32x4.splat(1), ...set(y)],
    ...repeat([...Array(UNROLL).fill(round).flat(), ...get(0), ...i32.const(-1), ...i32.add, ...set(0), ...get(0)]),
    // The sums are stored, so that no compiler removes them as unused.
    ...sums.flatMap((sum) => [...i32.const(0), ...get(sum), ...v128.store(16 * sum)]),
  ];
  return { params: 1, locals: Array(SUMS + 2).fill(V128), code };
}

const madd = arithmetic((sum, x, y) => [...get(x), ...get(y), ...get(sum), ...f32x4.relaxedMadd]);
/** One factor is loaded from memory, because a constant product would be computed only once. Loads do not slow the arithmetic down. */
const mulAdd = arithmetic((sum, x) => [...get(sum), ...i32.const(0), ...v128.load(16 * sum), ...get(x), ...f32x4.mul, ...f32x4.add]);

/** copy(from, to, end of from): 64 bytes per iteration; all addresses are multiples of 64. */
const copy = {
  params: 3,
  locals: [],
  code: [
    ...repeat([
      ...[0, 16, 32, 48].flatMap((offset) => [...get(1), ...get(0), ...v128.load(offset), ...v128.store(offset)]),
      ...[0, 1].flatMap((address) => [...get(address), ...i32.const(64), ...i32.add, ...set(address)]),
      ...[...get(0), ...get(2), ...i32.ne],
    ]),
  ],
};

const PAGE = 65536;
const PAGES = 1024;
/** Half a page apart modulo 4 KiB, because processors mistake a load for a recent store whose address has the same low bits. */
const [FROM, TO] = [PAGE, (PAGES / 2) * PAGE + 2048];
const { memory, ...run } = assemble(PAGES, { madd, mulAdd, copy });

const done = { read: () => new Float32Array(), free() {} };

/** `flops` counts two for each multiplication with its addition. */
const flops = (loop) => (work) => {
  const rounds = Math.ceil(work.flops / (2 * LANES * SUMS * UNROLL));
  return { run: () => loop(rounds), ...done };
};

/** `bytes` counts bytes read and bytes written. */
function copyBytes(work) {
  const half = Math.ceil(work.bytes / 128) * 64;
  if (half > TO - FROM) throw new Error(`${work.bytes} bytes do not fit the memory of the copy`);
  new Float32Array(memory.buffer).fill(1);
  return { run: () => run.copy(FROM, TO, FROM + half), ...done };
}

/** @type {import("../contract.mjs").Open} */
export async function open() {
  return { version: process.version, works: { madd: flops(run.madd), mulAdd: flops(run.mulAdd), copy: copyBytes }, ...done };
}
