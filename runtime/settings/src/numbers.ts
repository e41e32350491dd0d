import type { Reading, SettingKind } from "./setting.ts";

/** Bounds of a number, both allowed themselves. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** What is needed to describe a number with a unit. */
interface Quantity extends Bounds {
  readonly placeholder: string;
  /** "a size such as 64KiB or 1MiB". */
  readonly what: string;
  readonly hint?: string;
  /** NaN if the text is none. */
  parse(text: string): number;
  format(value: number): string;
}

/** Kind of settings that are numbers within bounds. */
export function quantity(of: Quantity): SettingKind<number> {
  const expects = `${of.what}${boundsText(of)}`;
  return {
    placeholder: of.placeholder,
    expects,
    ...(of.hint === undefined ? {} : { hint: of.hint }),
    read(text): Reading<number> {
      const value = of.parse(text);
      const { min = -Infinity, max = Infinity } = of;
      return value >= min && value <= max ? { value } : { mistake: `is not ${expects}` };
    },
    write: (value) => of.format(value),
  };
}

/** Kind of settings that are whole numbers. */
export function integers(bounds: Bounds): SettingKind<number> {
  return quantity({ ...bounds, placeholder: "N", what: "a whole number", parse: parseInteger, format: String });
}

/** Kind of settings that are TCP ports; 0 stands for any free one. */
export function ports(): SettingKind<number> {
  return quantity({
    min: 0,
    max: 65_535,
    placeholder: "PORT",
    what: "a port, a whole number",
    hint: "0 takes a free one",
    parse: parseInteger,
    format: String,
  });
}

/** A whole number in decimal digits; NaN if a text is none, or is too large to be exact. */
export function parseInteger(text: string): number {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

function boundsText({ min, max, format }: Quantity): string {
  if (min !== undefined && max !== undefined) return ` from ${format(min)} to ${format(max)}`;
  if (min !== undefined) return ` of at least ${format(min)}`;
  return max === undefined ? "" : ` of at most ${format(max)}`;
}
