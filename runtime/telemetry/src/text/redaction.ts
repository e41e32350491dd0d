/** What fields are called that nobody should read in a dashboard. Case, dashes and underscores do not count. */
export const defaultRedacted: readonly string[] = [
  "password",
  "passwd",
  "secret",
  "token",
  "accessToken",
  "refreshToken",
  "idToken",
  "apiKey",
  "authorization",
  "cookie",
  "privateKey",
  "creditCard",
  "cardNumber",
  "cvv",
  "ssn",
];

/** What stands in the place of a value. */
const veil = "•••";

/** JSON.rawJSON and the third argument of a reviver: ES2025, in Node since 22, but not yet in the types. */
const { parse, rawJSON } = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
};

/** Makes what hides the values of fields by their names, at any depth of JSON text. */
export function redaction(fields: readonly string[]): (json: string, isCut?: boolean) => string {
  const hidden = new Set(fields.map(plain).filter(Boolean));
  const letters = [...hidden].map((field) => [...field].map(escaped).join("[-_]?"));
  const mayHold = letters.length === 0 ? undefined : new RegExp(letters.join("|"), "i");
  return (json, isCut = false) => {
    // Most payloads hold none of it, and stay as they were sent. An escape could spell such a name.
    if (!mayHold || (!mayHold.test(json) && !/\\u/i.test(json))) return json;
    if (isCut) return cutRedacted(json, hidden);
    try {
      const clean = parse(json, (key, value, { source }) => {
        if (hidden.has(plain(key))) return veil;
        // Numbers as they were written: a 64-bit integer survives.
        return typeof value === "number" && source !== undefined ? rawJSON(source) : value;
      });
      return JSON.stringify(clean);
    } catch {
      return cutRedacted(json, hidden);
    }
  };
}

/** Of text that is no whole JSON, everything from the first field on that is to be hidden. */
function cutRedacted(json: string, hidden: ReadonlySet<string>): string {
  for (const match of json.matchAll(/"((?:[^"\\]|\\.)*)"?/g)) {
    if (hidden.has(plain(unescaped(match[1] ?? "")))) return `${json.slice(0, match.index)}"${match[1]}":"${veil}`;
  }
  return json;
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, "");
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\]/, "\\$&");
}
