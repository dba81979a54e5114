// Round numbers along an axis.

/** A mark on an axis. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** The step of 1, 2 or 5 times a power of ten that divides `span` into about `count` parts. Source: Heckbert, Graphics Gems, 1990. */
export function niceStep(span: number, count: number): number {
  const rough = span / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const ratio = rough / power;
  // The geometric means between 1, 2, 5 and 10 decide which is nearest.
  const factor = ratio < Math.SQRT2 ? 1 : ratio < Math.sqrt(10) ? 2 : ratio < Math.sqrt(50) ? 5 : 10;
  return factor * power;
}

/** The range widened to whole steps, so that an axis begins and ends on a tick. */
export function niceRange(low: number, high: number, count: number): readonly [low: number, high: number] {
  const step = niceStep(high - low, count);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}

/** Multiples of a nice step of at least `least` inside [low, high], about `count` of them. */
export function linearTicks(low: number, high: number, count: number, least = 0): Tick[] {
  const step = Math.max(niceStep(high - low, count), least);
  const first = Math.ceil(low / step - 1e-9);
  const steps = Math.floor(high / step + 1e-9) - first;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  return Array.from({ length: Math.max(steps + 1, 0) }, (_, i) => {
    const value = (first + i) * step;
    return { value, label: tickLabel(value, step, largest) };
  });
}

/** Powers of ten inside [low, high], every so many for about `count` ticks; with 2 and 5 times them where there is room. */
export function logTicks(low: number, high: number, count: number): Tick[] {
  const decades = Math.log10(high / low);
  const factors = decades * 3 <= count ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / count));
  const first = Math.floor(Math.log10(low) / every) * every;
  const ticks: Tick[] = [];
  for (let power = first; power <= Math.log10(high) + 1e-9; power += every) {
    for (const factor of factors) {
      const value = Number(`${factor}e${power}`);
      if (value >= low * (1 - 1e-9) && value <= Math.min(high * (1 + 1e-9), Number.MAX_VALUE)) {
        ticks.push({ value, label: formatNumber(value) });
      }
    }
  }
  return ticks;
}

/** All labels of one axis have the decimals its step needs; very large and very small ones an exponent. */
function tickLabel(value: number, step: number, largest: number): string {
  if (value === 0) return "0";
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  if (largest < 1e6 && decimals <= 5) return value.toFixed(decimals);
  const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value)) + 1e-9) - Math.floor(Math.log10(step) + 1e-9));
  return trimExponent(value.toExponential(Math.min(digits, 15)));
}

/** A number on its own, with about three digits. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e6)) {
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(size >= 100 ? 4 : 3)));
  }
  return trimExponent(value.toExponential(2));
}

/** 1.50e+7 as 1.5e7. */
function trimExponent(text: string): string {
  return text
    .replace(/(\.\d*?)0+e/, "$1e")
    .replace(".e", "e")
    .replace("e+", "e");
}
