import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cliTemplates } from "../cli-templates.ts";
import { root } from "../house.ts";
import { applicationSchemas } from "./application-schemas.ts";
import type { GeneratedPage } from "./generated-page.ts";
import { protocolPage } from "./protocol-page.ts";
import { settingsPage } from "./settings-page.ts";

/** Every page of docs/reference that is written from the code, the JSON Schemas of the files that it describes, and the templates. */
export const generatedPages: readonly GeneratedPage[] = [
  protocolPage,
  settingsPage,
  ...applicationSchemas,
  cliTemplates,
];

/** Writes all of them. */
export function writeGeneratedPages(): void {
  for (const { path, text } of generatedPages) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text());
  }
}
