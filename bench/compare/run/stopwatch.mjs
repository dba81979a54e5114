// Measures one handle inside the process of its contestant. Times are milliseconds.

/** V8 first runs code from its fast compiler. The optimised code is ready after this time, or after this many calls of slow work. */
const WARMUP_MS = 300;
const LEAST_CALLS = 10;
const LONGEST_WARMUP_MS = 2000;

/** The duration of a turn, and of its chunks, which must be long enough for the clock. */
const TURN_MS = 20;
const CHUNK_MS = 0.5;

/** @typedef {{ run: () => unknown, free: (out: any) => void, waits: boolean }} Timed */

/** @param {Timed} timed */
async function elapsed({ run, free, waits }, times) {
  const start = performance.now();
  if (waits) for (let i = 0; i < times; i++) free(await run());
  else for (let i = 0; i < times; i++) free(run());
  return performance.now() - start;
}

/** Runs calls until the code is optimised; returns the number of calls in a chunk. @param {Timed} timed */
export async function warmUp(timed) {
  let total = 0;
  let calls = 0;
  while ((total < WARMUP_MS || calls < LEAST_CALLS) && total < LONGEST_WARMUP_MS) {
    total += await elapsed(timed, 1);
    calls++;
  }
  return Math.max(1, Math.round((CHUNK_MS * calls) / total));
}

/** The times of one call, one for each chunk of a turn. @param {Timed} timed */
export async function turn(timed, times) {
  // Loads code and data into the caches again; long calls do this by themselves.
  if (times > 1) await elapsed(timed, 1);
  const chunks = [];
  for (let total = 0; total < TURN_MS; ) {
    const spent = await elapsed(timed, times);
    chunks.push(spent / times);
    total += spent;
  }
  return chunks;
}
