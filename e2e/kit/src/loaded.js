// Imported before a program: writes down all that it has loaded when it ends, files by their URL and Node's own modules by name.
import { writeFileSync } from "node:fs";
import { registerHooks } from "node:module";

const urls = [];
registerHooks({
  load(url, context, next) {
    urls.push(url);
    return next(url, context);
  },
});
process.on("exit", () => writeFileSync(process.env.LOADED_FILE, [...urls, ...process.moduleLoadList].join("\n")));
