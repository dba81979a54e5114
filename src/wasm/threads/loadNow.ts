// Loads what runs threads with the rest of the library: bundlers drop it from programs that do not use `setThreads`.
import { changeThreads } from "./changeThreads.js";

export const loadThreads = async (): Promise<typeof changeThreads> => changeThreads;
