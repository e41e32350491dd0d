// Runs the program from the files of a folder, as the single executable runs it from those embedded in it, and keeps what V8 compiled
// when it ends: `node record-code.cjs FOLDER INTO COMMAND ARGUMENT …`.
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const [folder, into, command, ...args] = process.argv.slice(2);
process.argv = [process.execPath, process.execPath, command, ...args];

/** Stands in for `node:sea`. */
const embedded = {
  isSea: () => true,
  getAsset(name, encoding) {
    const content = readFileSync(join(folder, name));
    return encoding ? content.toString(encoding) : new Uint8Array(content).buffer;
  },
  getRawAsset(name) {
    throw new Error(`There is no ${name} yet.`);
  },
};

const module_ = { exports: {} };
const text = readFileSync(join(__dirname, "loader.cjs"), "utf8");
const { parts } = (() => {
  new Function("require", "module", text)((id) => (id === "node:sea" ? embedded : require(id)), module_);
  return module_.exports;
})();

process.on("exit", () => {
  mkdirSync(into, { recursive: true });
  for (const [name, { script }] of parts) writeFileSync(join(into, name), script.createCachedData());
});
