// A page: `?simd=baseline` shows the answer as its text.
import type { Simd } from "../smoke.js";
import { answer } from "./answer.js";

const shown = document.createElement("output");
answer(new URLSearchParams(location.search).get("simd") as Simd).then((given) => {
  shown.textContent = JSON.stringify(given);
  document.body.append(shown);
});
