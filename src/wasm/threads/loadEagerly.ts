// Imports the thread code together with the rest of the library. Bundlers drop it from programs that do not use `setThreads`.
import { changeThreads } from "./changeThreads.js";

export const loadThreads = async (): Promise<typeof changeThreads> => changeThreads;
