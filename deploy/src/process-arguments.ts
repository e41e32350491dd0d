/** `--flag=value` for each, as a value may begin with a dash. What is undefined is left out. */
export function argumentsOf(flags: Readonly<Record<string, string | number | undefined>>): readonly string[] {
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}=${value}`]));
}
