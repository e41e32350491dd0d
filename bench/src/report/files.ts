import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "../run/result.ts";
import { chart } from "./chart.ts";

/** Where results are kept, from the repository's folder. */
export const resultFolder = "bench/results";

/** Saves a result: as JSON, and as a chart. */
export function saveResult(result: Result, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "latest.json"), `${JSON.stringify(result, rounded, 1)}\n`);
  writeFileSync(join(folder, "latest.svg"), chart(result));
}

/** The result that was saved last. Throws if there is none. */
export function readResult(folder: string = resultFolder): Result {
  return JSON.parse(readFileSync(join(folder, "latest.json"), "utf8")) as Result;
}

/** Four digits of a measured figure are more than it is good for. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
