// A canvas to draw on with mouse, finger or pen.

/** Width of the pen as a share of the canvas: about that of the data's digits. */
const PEN = 0.085;

/** A drawing in progress. */
export interface Drawing {
  /** Ink of each pixel, 0 to 255, row by row; `side` of them each way. */
  readonly ink: Uint8Array;
  readonly side: number;
  clear(): void;
}

/** Makes a square canvas one to draw on; `changed` is called after every stroke of the pen. */
export function drawOn(canvas: HTMLCanvasElement, changed: () => void): Drawing {
  const side = canvas.width;
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.lineWidth = side * PEN;
  context.lineCap = "round";
  context.lineJoin = "round";
  let last: readonly [x: number, y: number] | undefined;

  const place = (event: PointerEvent): readonly [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * side) / box.width, ((event.clientY - box.top) * side) / box.height];
  };
  const draw = (event: PointerEvent): void => {
    if (!last) return;
    const next = place(event);
    context.strokeStyle = getComputedStyle(canvas).color;
    context.beginPath();
    context.moveTo(...last);
    context.lineTo(...next);
    context.stroke();
    last = next;
    changed();
  };
  const lift = (): void => {
    last = undefined;
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    draw(event); // a tap leaves a dot
  });
  canvas.addEventListener("pointermove", draw);
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);

  return {
    side,
    get ink() {
      const { data } = context.getImageData(0, 0, side, side);
      return Uint8Array.from({ length: side * side }, (_, i) => data[4 * i + 3] as number);
    },
    clear() {
      context.clearRect(0, 0, side, side);
      changed();
    },
  };
}
