import { formatBytes } from "./bytes.ts";
import { flagOf } from "./names.ts";
import type { Config, Settings } from "./setting.ts";
import { SettingsError } from "./settings-error.ts";

/** The settings of a command, each read for itself, before anything is made of them. */
export interface SettingsFound<S extends Settings> {
  /** Undefined where there is neither a value nor a default, and where what was given cannot be read. */
  readonly config: { readonly [K in keyof S]: Config<S>[K] | undefined };
  readonly positionals: readonly string[];
  /** Whether anybody gave the setting, rightly or wrongly. */
  isGiven(name: keyof S): boolean;
}

/**
 * Looks for what is wrong with settings together, or with the files that they name. Returns mistakes like those of a
 * SettingsError, and changes nothing. What could not be read has been reported, and must not lead to another mistake.
 */
export type JointCheck<S extends Settings> = (found: SettingsFound<S>) => readonly string[];

/** The mistakes by which any of some reads fails. Throws whatever is no SettingsError. */
export function mistakesOf(...reads: readonly (() => unknown)[]): string[] {
  return reads.flatMap((read) => {
    try {
      read();
      return [];
    } catch (error) {
      if (error instanceof SettingsError) return error.mistakes;
      throw error;
    }
  });
}

/** Where a process listens: the name of the setting of the port, and the values. */
export interface Listening {
  readonly setting: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
}

/** What is wrong with ports of one process: two that are the same. Port 0, and none at all, are never that. */
export function samePorts(listening: readonly Listening[]): string[] {
  return listening.flatMap(({ setting, host, port }, index) => {
    const same = listening.slice(0, index).find((other) => other.port === port && other.host === host);
    if (!port || host === undefined || !same) return [];
    return [`${flagOf(same.setting)} and ${flagOf(setting)} are both ${port}: choose another for one of them`];
  });
}

/** Sizes by the names of their settings. Undefined: it could not be read. */
type Sizes = Readonly<Record<string, number | undefined>>;

/** Limits in bytes that what another setting allows does not fit in: it would be refused for ever, as if there were no room. */
export function tooSmall(allowed: Sizes, limits: Sizes): string[] {
  return Object.entries(allowed).flatMap(([setting, size]) =>
    Object.entries(limits)
      .filter(([, limit]) => size !== undefined && limit !== undefined && limit < size)
      .map(([name, limit]) => {
        const [has, needs] = [formatBytes(limit as number), formatBytes(size as number)];
        return `${flagOf(name)} is ${has}, less than ${flagOf(setting)} (${needs}) allows one message: raise it, or lower the other`;
      }),
  );
}
