// The environment in which results were measured.
import { arch, cpus, platform } from "node:os";
import { type RuntimeReport, runtime } from "simdgrad";
import { Bench } from "tinybench";

/** The machine, the runtime and the library of a measurement. */
export interface Environment {
  date: string;
  machine: { cpu: string; arch: string; platform: string };
  /** Name and version of the JavaScript runtime. */
  runtime: string;
  simd: RuntimeReport["simd"];
  threads: number;
  version: string;
}

export function environment(): Environment {
  const js = new Bench();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpu: cpus()[0]?.model.trim() ?? "unknown", arch: arch(), platform: platform() },
    runtime: `${js.runtime} ${js.runtimeVersion}`,
    ...runtime(),
  };
}

/** The lines above the tables. `chosen` is the selection from the command line. */
export function header({ date, machine, runtime, simd, threads, version }: Environment, chosen: "auto" | "baseline"): string {
  const why = simd === "relaxed" ? "" : chosen === "auto" ? " (this runtime has no relaxed SIMD)" : " (as asked for)";
  return [
    `simdgrad ${version}, ${date}`,
    `runtime  ${runtime}`,
    `kernels  ${simd}${why}, ${threads} thread${threads === 1 ? "" : "s"}`,
    `machine  ${machine.cpu}, ${machine.platform} ${machine.arch}`,
  ].join("\n");
}
