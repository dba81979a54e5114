// The output of results: one table per group, and the same numbers as JSON.
import type { Measurement } from "./measure.js";
import { nanoseconds, type Rate, type Suite, type Task, type TimeUnit } from "./suite.js";

/** One number of a task: a task has one for each rate of its group that applies to it, or its time if none does. */
export interface Result {
  group: string;
  name: string;
  medianMs: number;
  p75Ms: number;
  unit: Rate | TimeUnit;
  value: number;
}

const timeIn = (unit: TimeUnit, ms: number): number => (ms * nanoseconds.ms) / nanoseconds[unit];

/** Work per nanosecond, if the task has this kind of work. */
function rateOf(rate: Rate, { work }: Task, { medianMs }: Measurement): number | undefined {
  const amount = work?.[rate];
  return amount === undefined ? undefined : amount / timeIn("ns", medianMs);
}

/** A number with three significant digits. */
function figure(value: number): string {
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(value))));
}

const WIDTH = 14;

function line(suite: Suite, name: string, cells: readonly string[]): string {
  const names = Math.max(...[suite.group, ...suite.tasks.map((task) => task.name)].map((text) => text.length));
  return name.padEnd(names) + cells.map((cell) => cell.padStart(WIDTH)).join("");
}

/** The first lines of a group's table. */
export function tableHead(suite: Suite): string {
  const head = line(suite, suite.group, [`median, ${suite.time}`, ...suite.rates, "margin"]);
  return `\n${head}\n${"-".repeat(head.length)}`;
}

/** The line of a task in the table of its group. */
export function tableRow(suite: Suite, task: Task, measured: Measurement): string {
  const rates = suite.rates.map((rate) => rateOf(rate, task, measured)).map((value) => (value === undefined ? "" : figure(value)));
  return line(suite, task.name, [figure(timeIn(suite.time, measured.medianMs)), ...rates, `±${measured.margin.toFixed(1)}%`]);
}

/** The numbers of a task for the JSON file. */
export function resultsOf(suite: Suite, task: Task, measured: Measurement): Result[] {
  const { medianMs, p75Ms } = measured;
  const result = (unit: Result["unit"], value: number): Result => ({ group: suite.group, name: task.name, medianMs, p75Ms, unit, value });
  if (suite.rates.length === 0) return [result(suite.time, timeIn(suite.time, medianMs))];
  return suite.rates.flatMap((rate) => {
    const value = rateOf(rate, task, measured);
    return value === undefined ? [] : [result(rate, value)];
  });
}
