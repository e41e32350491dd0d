import type { Reading, SettingKind } from "./setting.ts";

const words: ReadonlyMap<string, boolean> = new Map([
  ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0"].map((word) => [word, false] as const),
]);

/** Kind of settings that are any text. */
export function texts(placeholder = "TEXT"): SettingKind<string> {
  return { placeholder, expects: "a text", read: (value) => ({ value }), write: (value) => value };
}

/** Kind of settings that are on or off: `--pretty`, `--no-pretty`, EXO_PRETTY=true. */
export function flags(): SettingKind<boolean> {
  return {
    placeholder: undefined,
    expects: "true or false",
    read(text): Reading<boolean> {
      const value = words.get(text.toLowerCase());
      return value === undefined ? { mistake: "is neither true nor false" } : { value };
    },
    write: String,
  };
}

/** Kind of settings that are one of a few words. */
export function choices<V extends string>(values: readonly V[]): SettingKind<V> {
  const expects = `one of ${values.join(", ")}`;
  return {
    placeholder: "WORD",
    expects,
    hint: expects,
    values,
    read(text): Reading<V> {
      const value = values.find((candidate) => candidate === text);
      return value === undefined ? { mistake: `is not ${expects}` } : { value };
    },
    write: (value) => value,
  };
}

/** Kind of settings that are URLs of some schemes. The value is the text as given, without white space around it. */
export function urls(schemes: readonly string[]): SettingKind<string> {
  const expects = `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  return {
    placeholder: "URL",
    expects,
    read(text): Reading<string> {
      const url = URL.parse(text);
      const fits = url !== null && schemes.includes(url.protocol.slice(0, -1)) && url.hostname !== "";
      return fits ? { value: text } : { mistake: `is not ${expects}` };
    },
    write: (value) => value,
  };
}

/** Kind of settings that are the path of a URL. */
export function urlPaths(): SettingKind<string> {
  const expects = "a path that starts with one /";
  return {
    placeholder: "PATH",
    expects,
    read: (text): Reading<string> => (/^\/(?!\/)/.test(text) ? { value: text } : { mistake: `is not ${expects}` }),
    write: (value) => value,
  };
}

/** Kind of settings that are paths of files that can be read. The value is the absolute path. */
export function files(): SettingKind<string> {
  return {
    placeholder: "FILE",
    expects: "a file that can be read",
    read(text, context): Reading<string> {
      const value = context.resolve(text);
      const why = context.whyUnreadable(value);
      return why === undefined ? { value } : { mistake: `is not a file that can be read: ${why}` };
    },
    write: (value) => value,
  };
}
