import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** A page of docs/reference, by its headings and tables. */
export class ReferencePage {
  readonly text: string;

  constructor(name: string) {
    this.text = readFileSync(new URL(`../../../docs/reference/${name}`, import.meta.url), "utf8");
  }

  /** What stands below a heading, up to the next one of its level or above; below headings one after the other: "The gateway", "Request headers". */
  section(...headings: readonly string[]): string {
    return headings.reduce((text, heading, depth) => {
      const parts = text.split(new RegExp(`^(?=#{1,${depth + 2}} )`, "m"));
      return parts.find((part) => part.startsWith(`${"#".repeat(depth + 2)} ${heading}\n`)) ?? assert.fail(heading);
    }, this.text);
  }
}

/** The first cells of a table that are a code span alone: what its rows are about. */
export function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell = ""]) => cell);
}
