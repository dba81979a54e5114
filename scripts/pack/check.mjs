// Unpacks what was packed, as a program does, and compares it with what the compiler wrote.

/** Bytes of a text, which comes in base64, that fit behind INPUT. */
const MOST_TEXT = 96 * 1024;

/**
 * Throws unless the texts of all groups give the two builds back.
 * @param {Uint8Array} unpacker the module of assembly/unpack
 * @param {Map<string, { relaxed: Uint8Array, baseline: Uint8Array }>} groups
 * @param {{ relaxed: Uint8Array, baseline: Uint8Array }} modules
 */
export function checkPacked(unpacker, groups, modules) {
  const text = Math.max(...[...groups.values()].flatMap(({ relaxed, baseline }) => [relaxed.length, baseline.length]));
  if (text > MOST_TEXT) throw new Error(`scripts/pack: a text of ${text} bytes has no room behind INPUT in assembly/unpack/layout.ts`);
  for (const build of ["relaxed", "baseline"]) {
    const { memory, INPUT, MODULE, segment, save, restore, link } = new WebAssembly.Instance(new WebAssembly.Module(unpacker)).exports;
    const read = (bytes, group, own) => {
      new Uint8Array(memory.buffer, INPUT.value).set(bytes);
      segment(INPUT.value, group, build === "baseline", own);
    };
    [...groups.values()].forEach(({ relaxed, baseline }, group) => {
      read(relaxed, group, false);
      if (group === 0) save();
      if (build === "baseline") read(baseline, group, true);
      restore();
    });
    const size = link();
    if (Buffer.compare(new Uint8Array(memory.buffer, MODULE.value, size), modules[build]) !== 0) {
      throw new Error(
        `scripts/pack: the ${build} build is not what it was when it is unpacked; see assembly/unpack/layout.ts for the room there is`,
      );
    }
  }
}
