import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A line of a file; both as a profile has them, the line counted from 0. */
export interface Place {
  readonly url: string;
  readonly lineNumber: number;
}

const texts = new Map<string, readonly string[]>();

/**
 * Where a line of a built package comes from: its module, above which the bundler has left a comment, `// src/core/exocom.js`, and
 * how far below that it is. Any other place is what it was.
 */
export function moduleOf(place: Place): Place {
  const { url, lineNumber } = place;
  if (!/^file:.*\/build\/.*\/src\//.test(url) || url.includes("/node_modules/")) return place;
  const lines = linesOf(fileURLToPath(url));
  const marker = lines.findLastIndex((line, at) => at <= lineNumber && /^\/\/ src\/\S+\.js$/.test(line));
  if (marker < 0) return place;
  const module = (lines[marker] as string).slice("// ".length);
  return { url: url.replace(/\/src\/.*$/, `/${module}`), lineNumber: lineNumber - marker };
}

function linesOf(file: string): readonly string[] {
  let lines = texts.get(file);
  if (!lines) {
    lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    texts.set(file, lines);
  }
  return lines;
}
