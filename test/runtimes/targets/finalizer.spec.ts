// The finalizer as the last net in the other runtimes.
import { sharedApp } from "../contract.js";
import { type Collector, describeCollectors, inScript } from "../finalizer/contract.js";
import { node, program, version } from "./install.js";

describeCollectors(sharedApp(), [
  ...([20, 22, 24, 26] as const).map((major): Collector => ({ name: `Node ${version(`node${major}`)}`, peak: inScript([node(major)]) })),
  { name: `deno ${version("deno")}`, peak: inScript([program("deno"), "run", "--no-prompt"]) },
  { name: `bun ${version("bun")}`, peak: inScript([program("bun"), "run"]) },
]);
