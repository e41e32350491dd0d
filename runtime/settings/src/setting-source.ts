import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Arguments } from "./arguments.ts";
import { flagOf, keyOf, variablesOf } from "./names.ts";
import type { ReadingContext, Setting } from "./setting.ts";
import type { SettingsFile } from "./settings-file.ts";

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a setting was given, and where. */
export interface Given {
  readonly text: string;
  readonly from: "flag" | "environment" | "file";
  /** How a mistake names the place: "--port", "EXO_PORT", "exo.yml line 3, port". */
  readonly origin: string;
  /** Folder that relative paths start at. */
  readonly folder: string;
  /** Whether it is written as an array, which only lists are. */
  readonly isList: boolean;
  /** What the place calls the setting today, where it was given by the name that it had in earlier versions. */
  readonly today?: string;
}

/** The places where the settings of a process may be given. */
export interface Places {
  readonly arguments: Arguments;
  readonly environment: Environment;
  /** The settings file and its path. */
  readonly file?: { readonly path: string; readonly content: SettingsFile } | undefined;
}

/** What a setting was given. Flag beats variable beats file; an empty variable or file entry is as good as none. */
export function givenFor(name: string, setting: Setting<unknown>, places: Places): Given | undefined {
  const given = givenByName(name, setting, places);
  if (given || typeof setting.formerly !== "string") return given;
  const { kind, help, default: fallback } = setting;
  const former = givenByName(setting.formerly, { kind, help, default: fallback }, places);
  const [variable] = variablesOf(name, setting);
  return former && { ...former, today: former.from === "file" ? keyOf(name) : (variable ?? "") };
}

function givenByName(name: string, setting: Setting<unknown>, places: Places): Given | undefined {
  const folder = process.cwd();
  const text = places.arguments.values.get(name);
  if (text !== undefined) {
    const former = places.arguments.formerFlags.get(name);
    const given = { text, from: "flag", origin: former ?? flagOf(name), folder, isList: false } as const;
    return former === undefined ? given : { ...given, today: flagOf(name) };
  }
  const variable = variablesOf(name, setting).find((candidate) => places.environment[candidate]);
  if (variable !== undefined) {
    const value = places.environment[variable] ?? "";
    return { text: value, from: "environment", origin: variable, folder, isList: false };
  }
  const entry = places.file?.content.entries.get(keyOf(name));
  if (!entry?.text || !places.file) return undefined;
  return { ...entry, from: "file", folder: dirname(resolve(places.file.path)) };
}

/** How paths are resolved and checked for a value that was given somewhere. */
export function contextOf(folder: string, readFile: ((path: string) => string) | undefined): ReadingContext {
  return {
    resolve: (path) => resolve(folder, path),
    whyUnreadable(path) {
      try {
        if (readFile) readFile(path);
        else if (statSync(path).isDirectory()) return "it is a folder";
        else accessSync(path, constants.R_OK);
        return undefined;
      } catch (error) {
        return whyOf(error);
      }
    },
  };
}

/** Why a file cannot be read, in words. */
export function whyOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return "there is none";
  if (code === "EACCES" || code === "EPERM") return "this user may not";
  if (code === "EISDIR") return "it is a folder";
  return error instanceof Error ? error.message : String(error);
}
