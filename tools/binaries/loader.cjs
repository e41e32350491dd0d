// What the single executable runs first: loads the parts of the program out of the files that are embedded in it.
//
// A part is loaded when it is first needed, from what V8 compiled of it when the executable was made (code-cache.ts): what a command
// does not use costs it nothing but room on disk. Node's own code cache (`useCodeCache`) knows one script, and none of the functions
// that it has inside.
const { getAsset, getRawAsset } = require("node:sea");
const { constants, Script } = require("node:vm");

/** Parts that are loaded, by name: the module and its script. */
const parts = new Map();

function load(name) {
  const loaded = parts.get(name);
  if (loaded) return loaded.module.exports;
  const text = `(function (exports, require, module, __filename, __dirname) {${getAsset(name, "utf8")}\n})`;
  const script = new Script(text, {
    filename: `exosphere/${name}`,
    cachedData: cacheOf(name),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  parts.set(name, { module, script });
  script.runInThisContext()(module.exports, requirePart, module, process.execPath, "/");
  return module.exports;
}

/** Everything but Node's own modules is a part. */
function requirePart(id) {
  return id.startsWith("./") ? load(id.slice(2)) : require(id);
}

/** Undefined while the code cache is being made. */
function cacheOf(name) {
  try {
    return new Uint8Array(getRawAsset(`${name}.cache`));
  } catch {
    return undefined;
  }
}

module.exports = { load, parts };
if (require("node:sea").isSea()) load("program.cjs");
