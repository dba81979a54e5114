// The page of the Worker: sends drawings of 28 x 28 pixels, and samples to learn from.
const SIDE = 28;
const find = (id) => document.getElementById(id);
const percent = (share) => `${(100 * share).toFixed(0)}%`;

const pad = find("pad");
const context = pad.getContext("2d");
const small = new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true });
const samples = [];

context.lineWidth = 24;
context.lineCap = "round";
context.lineJoin = "round";

/** Ink of each pixel, 0 to 255. */
function drawn() {
  small.clearRect(0, 0, SIDE, SIDE);
  small.drawImage(pad, 0, 0, SIDE, SIDE);
  return small.getImageData(0, 0, SIDE, SIDE).data.filter((_, i) => i % 4 === 3);
}

async function post(path, type, body) {
  const response = await fetch(path, { method: "POST", headers: { "content-type": type }, body });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

async function classify() {
  const { digit, probabilities } = await post("/classify", "application/octet-stream", drawn());
  find("digit").textContent = digit;
  find("share").textContent = `${percent(probabilities[digit])} sure`;
}

async function tune() {
  const { before, after } = await post("/tune", "application/json", JSON.stringify({ samples }));
  find("tuned").textContent = `right before: ${percent(before.accuracy)}, after: ${percent(after.accuracy)}`;
}

function clear() {
  context.clearRect(0, 0, pad.width, pad.height);
  find("digit").textContent = "?";
  find("share").textContent = "";
}

/** Runs what a button or the pen asks for, and shows what went wrong. */
function run(work) {
  work().catch((error) => {
    find("tuned").textContent = error.message;
  });
}

let last;
function draw({ offsetX, offsetY }) {
  if (!last) return;
  context.strokeStyle = getComputedStyle(pad).color;
  context.beginPath();
  context.moveTo(...last);
  context.lineTo(offsetX, offsetY);
  context.stroke();
  last = [offsetX, offsetY];
}
pad.addEventListener("pointerdown", (event) => {
  pad.setPointerCapture(event.pointerId);
  last = [event.offsetX, event.offsetY];
  draw(event);
});
pad.addEventListener("pointermove", draw);
pad.addEventListener("pointerup", () => {
  last = undefined;
  run(classify);
});

for (let digit = 0; digit < 10; digit++) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = digit;
  button.addEventListener("click", () => {
    samples.push({ pixels: [...drawn()], digit });
    find("count").textContent = samples.length;
    find("tune").disabled = false;
    clear();
  });
  find("labels").append(button);
}
find("clear").addEventListener("click", clear);
find("tune").addEventListener("click", () => run(tune));
