/** Settings of a section of a unit: one value, or several lines of the same name. Undefined: none. */
export type UnitSection = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** A unit file, as systemd reads it. `comments` stand before the setting of that name. */
export function unitText(
  head: string,
  sections: Readonly<Record<string, UnitSection>>,
  comments: Readonly<Record<string, string>> = {},
): string {
  const parts = Object.entries(sections).map(([section, settings]) => {
    const lines = Object.entries(settings).flatMap(([name, value]) => {
      if (value === undefined) return [];
      const values = typeof value === "object" ? value : [String(value)];
      const comment = comments[name];
      return [...(comment === undefined ? [] : [`# ${comment}`]), ...values.map((each) => `${name}=${each}`)];
    });
    return `[${section}]\n${lines.join("\n")}\n`;
  });
  return `${head}${parts.join("\n")}`;
}

/** A text in which systemd puts in nothing of its own. */
export function literalText(text: string): string {
  return text.replaceAll("%", "%%");
}

/** A word of a command line, in quotes where it needs them. `%` is left to be a specifier of systemd. */
export function commandWord(word: string): string {
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/** `NAME=value` for `Environment=`, where `$` is a character like any other. */
export function assignment(name: string, value: string): string {
  const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `"${name}=${escaped}"`;
}
