import type { Result } from "../run/result.ts";
import type { Block } from "./blocks.ts";
import { three } from "./figures.ts";
import { type Judged, judge } from "./goals.ts";

/** The goals, and how far they are reached, as a part of the report. */
export function goalBlock(result: Result): Block {
  return {
    title: "goals",
    heads: ["goal", "measured", "reached"],
    lines: judge(result).map((judged) => [judged.goal.title, wanted(judged), measuredText(judged), verdict(judged)]),
  };
}

/** What is wanted: `≥ 2.5 ×`. */
export function wanted({ goal: { atLeast, atMost, unit } }: Judged): string {
  return atLeast === undefined ? `≤ ${atMost} ${unit}` : `≥ ${atLeast} ${unit}`;
}

/** What was measured: `2.71 ×`. */
export function measuredText({ measured, goal }: Judged): string {
  return measured === undefined ? "not measured" : `${three(measured)} ${goal.unit}`;
}

function verdict({ isMet }: Judged): string {
  if (isMet === undefined) return "-";
  return isMet ? "yes" : "no";
}
