// Recurrent networks: training steps with Adam, and one step of a cell, whose cost is mostly the code around the arithmetic.
import { goals } from "../goals.mjs";
import { row } from "./row.mjs";

const step = (name, work, goal) =>
  row({ group: "recurrent training step", name, work: { kind: "recurrentStep", ...work }, amount: work.B, goal });

const small = { layers: 1, I: 128, H: 128, T: 32, B: 64, classes: 10 };
const characters = { cell: "LSTM", layers: 2, I: 256, H: 256, T: 64, B: 32, classes: 65, vocabulary: 65 };

export const recurrent = [
  step("LSTM 128, 32 steps, batch 64", { cell: "LSTM", ...small }, goals.recurrent),
  step("GRU 128, 32 steps, batch 64", { cell: "GRU", ...small }, goals.recurrent),
  step("char-LSTM 2 x 256, 64 steps, batch 32", characters, goals.characters),
  row({
    group: "recurrent inference",
    name: "one LSTMCell step, 128, batch 1",
    work: { kind: "cellStep", cell: "LSTM", I: 128, H: 128 },
    amount: 1,
    goal: goals.cell,
  }),
];
