// `npm run bench:docs`: puts the figures of the last result into docs/performance.md.
import { readFileSync, writeFileSync } from "node:fs";
import { withFigures } from "./report/document.ts";
import { readResult } from "./report/files.ts";

const page = "docs/performance.md";
writeFileSync(page, withFigures(readFileSync(page, "utf8"), readResult()));
console.log(`The figures in ${page} are those of the last result.`);
