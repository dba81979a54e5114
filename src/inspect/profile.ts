// Measures the operations of a program.
import { running } from "../autograd/engine.js";
import { checkOneOf, checkWhole } from "../checks.js";
import { readOptions } from "../options.js";
import { alignColumns } from "../tensor/columns.js";
import { zeros } from "../tensor/create.js";
import { type Interceptor, withoutInterceptors } from "../tensor/dispatch.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { checkWork } from "../tensor/scope.js";
import { formatSpec } from "../tensor/shape.js";
import { Node } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";
import { observe } from "./observe.js";

/** One call of an operation. */
export interface ProfileEvent {
  /** The operation. */
  name: string;
  /** The operation in whose gradient it was called; undefined outside of `backward()`. */
  gradientOf: string | undefined;
  /** Milliseconds since the profile began. */
  start: number;
  /** Milliseconds. */
  time: number;
  /** Dtypes and shapes of the inputs. */
  shapes: string;
  /** Bytes of the results, unless they are views or inputs that were changed in place. */
  bytes: number;
}

/** All calls of one operation. */
export interface ProfileRow {
  /** The operation, and where it belongs to a gradient, whose. */
  name: string;
  /** How often it was called. */
  calls: number;
  /** Milliseconds of all calls. */
  time: number;
  /** Bytes of all results. */
  bytes: number;
  /** Dtypes and shapes of the inputs; those of the longest call, if they differ. */
  shapes: string;
}

/** Options of `Profile.table` and `Profile.rows`. */
export interface TableOptions {
  /** What the rows are sorted by, the largest first; `"time"` unless given. */
  sortBy?: "time" | "calls" | "bytes";
  /** Most rows; 100 unless given. */
  rowLimit?: number;
  /** Whether calls with inputs of different shapes are different rows. */
  groupByInputShape?: boolean;
}

const WIDEST_SHAPES = 60;

const HEADINGS: readonly string[] = ["operation", "calls", "total ms", "share", "mean us", "MB made", "inputs"];

/** The operation, and where it belongs to a gradient, whose. */
const nameOf = ({ name, gradientOf }: ProfileEvent): string => (gradientOf === undefined ? name : `${name}, gradient of ${gradientOf}`);

/**
 * What `profile` measured. Errors: none.
 * @example profile(() => x.matmul(w.t()).relu().sum()).table();
 */
export class Profile<Result = unknown> {
  /** What the work returned. */
  readonly result: Result;
  /** Milliseconds of all the work. */
  readonly time: number;
  /** All calls, in their order. */
  readonly events: readonly ProfileEvent[];

  /** @internal */
  constructor(result: Result, time: number, events: readonly ProfileEvent[]) {
    this.result = result;
    this.time = time;
    this.events = events;
  }

  /**
   * One row per operation, and per operation in whose gradient it was called. Errors: `ArgError` for an unknown option or value.
   * @example profile(() => x.relu()).rows()[0]?.name; // "relu"
   */
  rows(options?: TableOptions): ProfileRow[] {
    const { sortBy, rowLimit, groupByInputShape } = readOptions<Required<TableOptions>>("profile", options, {
      sortBy: "time",
      rowLimit: 100,
      groupByInputShape: false,
    });
    checkOneOf("profile", "sortBy", sortBy, ["time", "calls", "bytes"]);
    checkWhole("profile", "rowLimit", rowLimit, 1);
    const rows = new Map<string, ProfileRow>();
    // The longest call of a row comes first, so the row has its shapes.
    for (const event of [...this.events].sort((a, b) => b.time - a.time)) {
      const { time, shapes, bytes } = event;
      const name = nameOf(event);
      const key = groupByInputShape ? `${name} ${shapes}` : name;
      const row = rows.get(key) ?? { name, calls: 0, time: 0, bytes: 0, shapes };
      rows.set(key, row);
      row.calls++;
      row.time += time;
      row.bytes += bytes;
    }
    return [...rows.values()].sort((a, b) => b[sortBy] - a[sortBy]).slice(0, rowLimit);
  }

  /**
   * The rows as text, under a line of headings. The last lines give the time outside of operations and in all.
   * Errors: `ArgError` for an unknown option or value.
   * @example console.log(profile(() => x.relu()).table({ sortBy: "calls" }));
   */
  table(options?: TableOptions): string {
    const sumOf = (key: "time" | "bytes"): number => this.events.reduce((sum, event) => sum + event[key], 0);
    const line = (name: string, calls: number, time: number, bytes: number, shapes = ""): string[] => [
      name,
      String(calls),
      time.toFixed(3),
      `${((100 * time) / (this.time || 1)).toFixed(1)}%`,
      ((1000 * time) / (calls || 1)).toFixed(1),
      (bytes / 2 ** 20).toFixed(2),
      shapes.length > WIDEST_SHAPES ? `${shapes.slice(0, WIDEST_SHAPES - 3)}...` : shapes,
    ];
    const outside = line("(outside of operations)", 0, Math.max(0, this.time - sumOf("time")), 0);
    const lines = [
      HEADINGS,
      ...this.rows(options).map(({ name, calls, time, bytes, shapes }) => line(name, calls, time, bytes, shapes)),
      outside.map((cell, i) => ([1, 4, 5].includes(i) ? "" : cell)),
      line("(all)", this.events.length, this.time, sumOf("bytes")),
    ];
    return alignColumns(lines, [0, HEADINGS.length - 1])
      .map((text) => text.trimEnd())
      .join("\n");
  }

  /**
   * The calls as a JSON text that Perfetto (ui.perfetto.dev) and chrome://tracing open. Errors: none.
   * @example const file = profile(() => x.relu()).chromeTrace();
   */
  chromeTrace(): string {
    const complete = (name: string, cat: string, start: number, time: number, args: object): object => ({
      ...{ ph: "X", pid: 1, tid: 1, name, cat, args },
      ts: start * 1000,
      dur: time * 1000,
    });
    const calls = this.events.map((event) => {
      const { gradientOf, start, time, shapes, bytes } = event;
      return complete(nameOf(event), gradientOf === undefined ? "forward" : "backward", start, time, { shapes, bytes });
    });
    return JSON.stringify({ traceEvents: [complete("profile", "profile", 0, this.time, {}), ...calls], displayTimeUnit: "ms" });
  }
}

/**
 * Measures every operation that `work` calls, those of `backward()` and of optimizers too: calls, time, shapes and bytes.
 * Result: a `Profile`, or a promise of one if `work` returns a promise; until it is settled, operations of other code are measured too.
 * Run the work once before, so that the engine has compiled it. Some hosts round their clock to a tenth of a millisecond, and in
 * Workers of Cloudflare it stands still during a request.
 * Errors: `ArgError` if `work` is no function, and those of `work`.
 * @example profile(() => model.call(x).sum().backward()).table();
 */
export function profile<T>(work: () => Promise<T>): Promise<Profile<T>>;
export function profile<T>(work: () => T): Profile<T>;
export function profile<T>(work: () => T): Profile<Awaited<T>> | Promise<Profile<Awaited<T>>> {
  checkWork("profile", work);
  withoutInterceptors(() => zeros([1]).dispose()); // the kernels are compiled now, and not during the first operation
  const events: ProfileEvent[] = [];
  const began = performance.now();
  const by: Interceptor = (call, next) => {
    const { op } = call;
    const shapes = call.inputs.map((x) => (x instanceof Tensor ? formatSpec(x) : String(x ?? "-"))).join(" ");
    const gradientOf = running && (running instanceof Node ? running.op.name : "a leaf");
    const start = performance.now();
    const results = next(call);
    const time = performance.now() - start;
    const bytes = op.kind === "compute" ? results.reduce((sum, y) => sum + y.size * bytesPerElement[y.dtype], 0) : 0;
    events.push({ name: op.name, gradientOf, start: start - began, time, shapes, bytes });
    return results;
  };
  return observe(by, work, (result) => new Profile(result, performance.now() - began, events));
}
