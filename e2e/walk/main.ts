// Prints which functions one request and its reply pass: `npm run walk`, or `npm run walk -- --list` for all of them.
import { walkRequest } from "./request-walk.ts";

const walk = await walkRequest();
const all = Object.entries(walk).flatMap(([process, functions]) => functions.map((each) => ({ process, ...each })));
const named = all.filter(({ name }) => name !== "");

if (process.argv.includes("--list")) {
  for (const { process: where, file, name, calls } of named)
    console.log(`${where}  ${file}  ${name}${calls > 1 ? `  ${calls}` : ""}`);
}
for (const [process, functions] of Object.entries(walk)) {
  const files = new Set(functions.map(({ file }) => file));
  console.log(`${process}: ${functions.filter(({ name }) => name !== "").length} functions in ${files.size} files`);
}
console.log(`together: ${named.length} functions in ${new Set(all.map(({ file }) => file)).size} files`);
