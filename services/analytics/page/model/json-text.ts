/** JSON text indented for people, token by token, so that numbers and the order of keys stay as they were sent. */
export function prettyJson(text: string): string {
  let [out, depth, isInText] = ["", 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (isInText) {
      out += character;
      if (character === "\\") out += text[++at] ?? "";
      else if (character === '"') isInText = false;
    } else if (/\s/.test(character)) continue;
    else if (character === '"') {
      out += character;
      isInText = true;
    } else if (character === "{" || character === "[") {
      const rest = /^\s*[}\]]/.exec(text.slice(at + 1));
      if (rest) {
        out += character + rest[0].trim();
        at += rest[0].length;
      } else out += `${character}\n${"  ".repeat(++depth)}`;
    } else if (character === "}" || character === "]") {
      depth = Math.max(0, depth - 1);
      out += `\n${"  ".repeat(depth)}${character}`;
    } else if (character === ",") out += `,\n${"  ".repeat(depth)}`;
    else if (character === ":") out += ": ";
    else out += character;
  }
  return out;
}

/** A piece of JSON text, and what it is. */
export interface JsonToken {
  readonly kind: "key" | "text" | "number" | "word" | "plain";
  readonly text: string;
}

/** The pieces of JSON text, for colours. */
export function jsonTokens(text: string): JsonToken[] {
  const tokens: JsonToken[] = [];
  let last = 0;
  for (const match of text.matchAll(/("(?:[^"\\]|\\.)*"?)(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g)) {
    if (match.index > last) tokens.push({ kind: "plain", text: text.slice(last, match.index) });
    const [whole, quoted, colon] = match;
    if (quoted !== undefined) {
      tokens.push({ kind: colon === undefined ? "text" : "key", text: quoted });
      if (colon !== undefined) tokens.push({ kind: "plain", text: colon });
    } else tokens.push({ kind: /^[-\d]/.test(whole) ? "number" : "word", text: whole });
    last = match.index + whole.length;
  }
  if (last < text.length) tokens.push({ kind: "plain", text: text.slice(last) });
  return tokens;
}
