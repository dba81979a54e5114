// A gigabyte of tensors that nobody disposes of, under a limit of a quarter of that; the engine gets a turn after every 20 MB.
import { init, memory, zeros } from "simdgrad";

const ROUNDS = 50;
const BYTES = 20e6;

/** What is dropped in a round: one large tensor, or many. */
export interface Dropped {
  readonly tensors: number;
}

/** The most that was live, or the error that ended it as text. */
export type Peak = { peakBytes: number } | { error: string };

async function drop({ tensors }: Dropped): Promise<Peak> {
  await init({ limitBytes: 256e6 });
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < tensors; i++) zeros([BYTES / 4 / tensors]);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { peakBytes: memory().peakBytes };
}

/** Drops them and never rejects. */
export const peakOf = (dropped: Dropped): Promise<Peak> => drop(dropped).catch((error: unknown) => ({ error: String(error) }));
