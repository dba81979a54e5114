// The kernels as files, which are not packed. In the build, values that do not live at the same time have variables of their own, because the
// packed text is shorter then (asconfig.json). gzip and engines that compile in haste prefer few variables, so the files share them again.
import binaryen from "binaryen";

/**
 * A module with as few variables as the lives of their values allow.
 * @param {Uint8Array} bytes
 */
export function withSharedVariables(bytes) {
  const module = binaryen.readBinary(bytes);
  module.setFeatures(binaryen.Features.All);
  module.runPasses(["coalesce-locals"]);
  if (!module.validate()) throw new Error("scripts/files.mjs: the module with shared variables is not valid");
  const shared = module.emitBinary();
  module.dispose();
  return shared;
}
