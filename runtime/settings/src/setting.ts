/** What reading a text as a value came to. */
export type Reading<T> = { readonly value: T } | { readonly mistake: string };

/** What a kind of setting may ask about the place that a text came from. */
export interface ReadingContext {
  /** An absolute path: relative ones start at the working folder, those in a settings file at the folder of that file. */
  resolve(path: string): string;
  /** Why a file cannot be read; undefined if it can. */
  whyUnreadable(path: string): string | undefined;
}

/** How the values of a setting are written and read. */
export interface SettingKind<T> {
  /** Stands for the value in the help text: "MS", "FILE". Undefined: a flag without a value. */
  readonly placeholder: string | undefined;
  /** Completes "is not …" and describes the values in the help text: "a whole number from 1 to 10". */
  readonly expects: string;
  /** What the help text says about how values are written, where the placeholder does not say it all. */
  readonly hint?: string;
  /** The values, where there are only a few: shells complete them. */
  readonly values?: readonly T[];
  /** Whether the setting takes a list: in a file, an array as well. */
  readonly isList?: boolean;
  /** The value that a text stands for, or what is wrong with it as a phrase that follows the text: "is not …". */
  read(text: string, context: ReadingContext): Reading<T>;
  /** A value as one would write it, for the help text. */
  write(value: T): string;
}

/** A setting is declared once: flag, environment variable, file key, help text and redaction derive from it. */
export interface Setting<T> {
  readonly kind: SettingKind<T>;
  /** One sentence for the help text, without the full stop: what for, and what its values mean. */
  readonly help: string;
  /** Used as it is where no value is given. Undefined: there is none. */
  readonly default: T | undefined;
  /** Whether a process without a value for it is a mistake. */
  readonly required?: boolean;
  /** Whether its value must not be shown anywhere. */
  readonly secret?: boolean;
  /** Environment variables that are read as well, after EXO_<FLAG>: "PORT". */
  readonly env?: string | readonly string[];
  /**
   * The name that it had in earlier versions, in camelCase: it is still read, with a notice, and not in the help text. Of `flag`
   * the flag alone, where its variable means something else.
   */
  readonly formerly?: string | { readonly flag: string };
}

/** The settings of a command by camelCase name: `maxPayload` is `--max-payload`, EXO_MAX_PAYLOAD, and `max-payload` in a file. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The value of each setting. Undefined only where there is neither a value nor a default. */
export type Config<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** What every kind of setting takes when it is declared. */
export interface SettingOptions<T> {
  readonly help: string;
  readonly default?: T | undefined;
  readonly required?: boolean;
  readonly secret?: boolean;
  readonly env?: string | readonly string[];
  readonly formerly?: string | { readonly flag: string };
}

/** T where the declaration makes sure that there is a value, else T or undefined. */
export type ValueOf<T, O> = O extends { readonly required: true }
  ? T
  : O extends { readonly default: infer D }
    ? undefined extends D
      ? T | undefined
      : T
    : T | undefined;

/** A declared setting. The type says whether its value can be undefined. */
export function settingOf<T, const O extends SettingOptions<T>>(
  kind: SettingKind<T>,
  options: O,
): Setting<ValueOf<T, O>> {
  const { help, default: fallback, required, secret, env, formerly } = options;
  const declared: Setting<T | undefined> = {
    kind: kind as SettingKind<T | undefined>,
    help,
    default: fallback,
    ...(required === undefined ? {} : { required }),
    ...(secret === undefined ? {} : { secret }),
    ...(env === undefined ? {} : { env }),
    ...(formerly === undefined ? {} : { formerly }),
  };
  return declared as Setting<ValueOf<T, O>>;
}
