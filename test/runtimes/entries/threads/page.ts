// A page: `?job=<job>` does it on the page's main thread, `?job=<job>&worker` in a Web Worker; the answer is shown as text.
import { type Answer, perform } from "../../threads/tasks.js";

const query = new URLSearchParams(location.search);
const job = JSON.parse(query.get("job") as string);

function performInWorker(): Promise<Answer> {
  const worker = new Worker("/background.js", { type: "module" });
  worker.postMessage(job);
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: `the worker of the page failed: ${message}` });
  });
}

const answer = query.has("worker") ? performInWorker() : perform(job);
answer.then((given) => {
  const shown = document.createElement("output");
  shown.textContent = JSON.stringify(given);
  document.body.append(shown);
});
