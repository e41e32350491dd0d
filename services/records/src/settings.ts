import type { StorePlace } from "./open-store.ts";

/** The settings of a service of records: README.md says what each is for. */
export interface RecordSettings extends StorePlace {
  readonly role: string;
  readonly uniqueFields: readonly string[];
  readonly hasOwners: boolean;
}

/** A setting is wrong; the message names it and says what to do. */
export class SettingMistake extends Error {
  override readonly name = "SettingMistake";
}

const yes = ["true", "1", "yes", "on"];
const no = ["", "false", "0", "no", "off"];

/** Reads the environment. Throws a SettingMistake. */
export function recordSettings(
  env: Readonly<Record<string, string | undefined>>,
  { role, folder }: { readonly role: string; readonly folder: string },
): RecordSettings {
  return {
    role: env.ROLE || role,
    mongodbUrl: mongodbUrlOf(env.MONGODB_URL),
    folder: env.EXO_DATA_DIR || folder,
    uniqueFields: [...new Set((env.EXO_UNIQUE_FIELDS ?? "").split(",").map((field) => field.trim()))].filter(Boolean),
    hasOwners: switchOf("EXO_OWNERSHIP", env.EXO_OWNERSHIP ?? ""),
  };
}

function mongodbUrlOf(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (/^mongodb(\+srv)?:\/\/[^/]/.test(text)) return text;
  // Not what it is: it may hold a password.
  throw new SettingMistake("MONGODB_URL is no URL of MongoDB: it begins with mongodb:// or mongodb+srv:// and a host.");
}

function switchOf(name: string, text: string): boolean {
  const value = text.trim().toLowerCase();
  if (yes.includes(value)) return true;
  if (no.includes(value)) return false;
  throw new SettingMistake(`${name} is '${text}', but is either true or false.`);
}
