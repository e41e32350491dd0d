import type { Block } from "./blocks.ts";

const leastCellWidth = 16;

/** Blocks as one table for a terminal. */
export function textTable(blocks: readonly Block[]): string {
  return blocks.map(blockText).join("\n\n");
}

function blockText({ title, heads, lines }: Block): string {
  const isProse = heads.length === 1 && heads[0] === "";
  const firstWidth = Math.max(30, ...lines.map(([first = ""]) => first.length + 4));
  const widths = heads.map((head) => Math.max(leastCellWidth, head.length + 2));
  const row = ([first = "", ...cells]: readonly string[]) => {
    const padded = cells.map((cell, index) => (isProse ? `  ${cell}` : cell.padStart(widths[index] ?? 0)));
    return (first.padEnd(firstWidth) + padded.join("")).trimEnd();
  };
  const head = isProse ? [title] : [title, row(["", ...heads])];
  return [...head, ...lines.map(([first, ...cells]) => row([`  ${first}`, ...cells]))].join("\n");
}

/** A block as Markdown. */
export function markdownTable({ heads, lines }: Block, first = ""): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = ["---", ...heads.map((head) => (head === "" ? "---" : "---:"))];
  return [row([first, ...heads]), row(rule), ...lines.map(row)].join("\n");
}
