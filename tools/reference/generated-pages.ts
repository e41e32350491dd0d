import type { GeneratedPage } from "./generated-page.ts";
import { protocolPage } from "./protocol-page.ts";
import { settingsPage } from "./settings-page.ts";

/** Every page of docs/reference that is written from the code. */
export const generatedPages: readonly GeneratedPage[] = [protocolPage, settingsPage];
