// Writes the pages of docs/reference that are generated from the code.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../house.ts";
import { generatedPages } from "../reference/generated-pages.ts";

for (const { path, text } of generatedPages) writeFileSync(join(root, path), text());
