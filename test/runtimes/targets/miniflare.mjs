// Runs the Worker in a folder with Miniflare's interface: `node miniflare.mjs <folder> <entry> <query>` prints the answer.
import { join } from "node:path";
import { Miniflare } from "miniflare";

const [, , folder, entry, query] = process.argv;
const worker = new Miniflare({
  rootPath: folder,
  scriptPath: join(folder, `${entry}.js`),
  modules: true,
  modulesRules: [
    { type: "ESModule", include: ["**/*.js"] },
    { type: "CompiledWasm", include: ["**/*.wasm"] },
  ],
  compatibilityDate: "2026-01-01",
});
try {
  console.log(await (await worker.dispatchFetch(`http://localhost/${query}`)).text());
} finally {
  await worker.dispose();
}
