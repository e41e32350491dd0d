import { flagOf, variablesOf } from "./names.ts";
import type { Setting } from "./setting.ts";

/** Facts about one setting that `--help` and the reference print. */
export interface SettingFacts {
  /** As it is typed: "--max-payload BYTES", or "--[no-]pretty" for a flag without a value. */
  readonly usage: string;
  /** Environment variables that are read, the one that counts most first. */
  readonly variables: readonly string[];
  /** What the setting is for. */
  readonly help: string;
  /** How values are written, where the placeholder in `usage` does not say it all. */
  readonly hint: string | undefined;
  /** The flag alone: "--max-payload". */
  readonly flag: string;
  /** What stands for its value: "FILE". Undefined: it is on or off, and off by "--no-…". */
  readonly placeholder: string | undefined;
  /** The values, where there are only a few. */
  readonly values: readonly string[];
  /** As one would write it. Undefined: there is no default, or it is a secret. */
  readonly default: string | undefined;
  /** Whether the process does not start without a value. */
  readonly isRequired: boolean;
}

/** Derives the facts about a setting from its declaration. `name` is its key in camelCase. */
export function settingFacts(name: string, setting: Setting<unknown>): SettingFacts {
  const { kind, help, required, secret, default: value } = setting;
  const flag = flagOf(name);
  const isEmpty = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  return {
    usage: kind.placeholder === undefined ? `--[no-]${flag.slice(2)}` : `${flag} ${kind.placeholder}`,
    variables: variablesOf(name, setting),
    help,
    hint: kind.hint,
    flag,
    placeholder: kind.placeholder,
    values: (kind.values ?? []).map((each) => kind.write(each)),
    default: isEmpty || secret ? undefined : kind.write(value),
    isRequired: required === true && value === undefined,
  };
}
