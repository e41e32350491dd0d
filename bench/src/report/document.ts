import type { Machine, Result } from "../run/result.ts";
import { blocksOf } from "./blocks.ts";
import { goalBlock } from "./goal-block.ts";
import { markdownTable } from "./text-table.ts";

/** Puts the figures of a result into a page, between its markers `<!-- figures:NAME -->` and `<!-- /figures -->`. */
export function withFigures(page: string, result: Result): string {
  const parts: Readonly<Record<string, () => string>> = {
    machine: () => machineText(result),
    goals: () => markdownTable(goalBlock(result), "in one run"),
    tables: () =>
      blocksOf(result)
        .map((block) => `**${block.title}**\n\n${markdownTable(block)}`)
        .join("\n\n"),
  };
  return page.replace(
    /(<!-- figures:(\w+) -->)[\s\S]*?(<!-- \/figures -->)/g,
    (_, start: string, name: string, end: string) => {
      const part = parts[name];
      if (!part) throw new Error(`There are no figures '${name}', but ${Object.keys(parts).join(", ")}.`);
      return `${start}\n${part()}\n${end}`;
    },
  );
}

function machineText({ machine, rounds, windowMs }: Result): string {
  return `${describe(machine)} Median of ${rounds} rounds of ${windowMs} ms each.`;
}

function describe({ at, commit, cpu, cores, memoryGb, system, node, load, versions }: Machine): string {
  const others = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${at.slice(0, 10)}, commit ${commit}: ${cpu}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}; ${others.join(", ")}. ` +
    `Load average ${load[0].toFixed(1)} before, ${load[1].toFixed(1)} after.`
  );
}
