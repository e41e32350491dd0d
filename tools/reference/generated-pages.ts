import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../house.ts";
import type { GeneratedPage } from "./generated-page.ts";
import { protocolPage } from "./protocol-page.ts";
import { settingsPage } from "./settings-page.ts";

/** Every page of docs/reference that is written from the code. */
export const generatedPages: readonly GeneratedPage[] = [protocolPage, settingsPage];

/** Writes all of them. */
export function writeGeneratedPages(): void {
  for (const { path, text } of generatedPages) writeFileSync(join(root, path), text());
}
