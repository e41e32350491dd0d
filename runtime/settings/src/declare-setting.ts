import { addressTexts } from "./addresses.ts";
import { sizes } from "./bytes.ts";
import { durations } from "./durations.ts";
import { lists } from "./lists.ts";
import { type Bounds, integers, ports } from "./numbers.ts";
import { type Setting, type SettingOptions, settingOf, type ValueOf } from "./setting.ts";
import { choices, files, flags, texts, urlPaths, urls } from "./texts.ts";

type Text = SettingOptions<string>;
type Quantity = SettingOptions<number> & Bounds;
type List = SettingOptions<readonly string[]>;

/**
 * Declares settings by kind. Each takes `help`, and if wanted `default`, `required`, `secret` and `env`. A setting that is not
 * required and has no default is undefined where nobody gives it, a flag as well.
 */
export const setting = {
  /** Any text. */
  text: <const O extends Text>(options: O): Setting<ValueOf<string, O>> => settingOf(texts(), options),
  /** A whole number from `min` to `max`. */
  integer: <const O extends Quantity>(options: O): Setting<ValueOf<number, O>> => settingOf(integers(options), options),
  /** A TCP port, 0 to 65535; 0 stands for any free one. */
  port: <const O extends SettingOptions<number>>(options: O): Setting<ValueOf<number, O>> =>
    settingOf(ports(), options),
  /** A size, such as "64KiB", "1MiB" or "1000000". The value is in bytes. */
  bytes: <const O extends Quantity>(options: O): Setting<ValueOf<number, O>> => settingOf(sizes(options), options),
  /** A duration, such as "1500ms", "10s" or "2m". The value is in milliseconds, at most 2^31 - 1. */
  durationMs: <const O extends Quantity>(options: O): Setting<ValueOf<number, O>> =>
    settingOf(durations(options), options),
  /** On or off: `--pretty`, `--no-pretty`. */
  flag: <const O extends SettingOptions<boolean>>(options: O): Setting<ValueOf<boolean, O>> =>
    settingOf(flags(), options),
  /** Texts with commas between them; in a file, an array as well. */
  list: <const O extends List>(options: O): Setting<ValueOf<readonly string[], O>> =>
    settingOf(lists(texts()), options),
  /** HOST:PORT, one or several with commas between them. The values are texts "host:port"; `parseAddress` takes one apart. */
  addresses: <const O extends List>(options: O): Setting<ValueOf<readonly string[], O>> =>
    settingOf(lists(addressTexts()), options),
  /** A URL of one of some schemes, default http and https. The value is the text. */
  url: <const O extends Text & { readonly schemes?: readonly string[] }>(options: O): Setting<ValueOf<string, O>> =>
    settingOf(urls(options.schemes ?? ["http", "https"]), options),
  /** The path of a URL, such as "/health". */
  urlPath: <const O extends Text>(options: O): Setting<ValueOf<string, O>> => settingOf(urlPaths(), options),
  /** One of a few words. */
  choice: <const V extends string, const O extends SettingOptions<V>>(
    values: readonly V[],
    options: O,
  ): Setting<ValueOf<V, O>> => settingOf(choices(values), options),
  /** A file that can be read. The value is its absolute path; the default is not looked at. */
  file: <const O extends Text>(options: O): Setting<ValueOf<string, O>> => settingOf(files(), options),
} as const;
