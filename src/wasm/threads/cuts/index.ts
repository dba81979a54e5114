// The kernels that are split over threads. All other kernels run on one thread.
import { attention } from "./attention.js";
import { conv } from "./conv.js";
import type { Name, Split, Splits } from "./cut.js";
import { elementwise } from "./elementwise.js";
import { gemm } from "./gemm.js";
import { indexing } from "./indexing.js";
import { int8 } from "./int8.js";
import { linalg } from "./linalg.js";
import { math } from "./math.js";
import { move } from "./move.js";
import { norm } from "./norm.js";
import { optim } from "./optim.js";
import { pool } from "./pool.js";
import { randoms } from "./random.js";
import { reduce } from "./reduce.js";
import { resampling } from "./resample.js";
import { rnn } from "./rnn.js";
import { rowwise } from "./rowwise.js";
import { scan } from "./scan.js";
import { signal } from "./signal.js";
import { sort } from "./sort.js";

const ALL: Splits = {
  ...elementwise,
  ...math,
  ...reduce,
  ...rowwise,
  ...gemm,
  ...int8,
  ...attention,
  ...conv,
  ...pool,
  ...rnn,
  ...norm,
  ...move,
  ...randoms,
  ...scan,
  ...sort,
  ...signal,
  ...indexing,
  ...linalg,
  ...optim,
  ...resampling,
};

/** The declarations by kernel, without the types of the argument names. */
export const SPLITS = ALL as { readonly [K in Name]?: Split<string, string> };
