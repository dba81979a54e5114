// Loads what runs threads when `setThreads` is first called, because Node waits for every file that a program imports.
import type { changeThreads } from "./changeThreads.js";

export const loadThreads = async (): Promise<typeof changeThreads> => (await import("./changeThreads.js")).changeThreads;
