// Runs work under an interceptor, also work that waits.
import { holdInterceptor, type Interceptor } from "../tensor/dispatch.js";

/** Runs `work` and then `done` with its result. If `work` returns a promise, `done` waits for it, and this returns a promise too. */
export function observe<T, R>(by: Interceptor, work: () => T, done: (result: Awaited<T>) => R): R | Promise<R> {
  const release = holdInterceptor(by);
  let waits = false;
  try {
    const result = work();
    waits = typeof (result as PromiseLike<unknown> | null | undefined)?.then === "function";
    if (!waits) return done(result as Awaited<T>);
    return Promise.resolve(result).finally(release).then(done);
  } finally {
    if (!waits) release();
  }
}
