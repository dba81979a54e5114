// The choice of what to measure.
import type { Suite } from "./suite.js";
import { suites } from "./suites/index.js";

/** The groups with the tasks that the filter leaves. */
export function select(filter: string): Suite[] {
  const wanted = filter.toLowerCase();
  const left = suites.map((suite) => ({
    ...suite,
    tasks: suite.tasks.filter(({ name }) => `${suite.group}: ${name}`.toLowerCase().includes(wanted)),
  }));
  return left.filter(({ tasks }) => tasks.length > 0);
}
