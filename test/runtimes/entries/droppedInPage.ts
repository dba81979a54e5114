// A page: `?tensors=1` shows what dropping one tensor at a time takes, as its text.
import { peakOf } from "./dropped.js";

const shown = document.createElement("output");
shown.textContent = JSON.stringify(await peakOf({ tensors: Number(new URLSearchParams(location.search).get("tensors")) }));
document.body.append(shown);
