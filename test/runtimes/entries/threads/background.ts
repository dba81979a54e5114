// A Web Worker of a page: is sent a job and sends the answer.
import { perform } from "../../threads/tasks.js";

addEventListener("message", async ({ data }) => postMessage(await perform(data)));
