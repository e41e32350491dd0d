import { parseArgs } from "node:util";
import { type Group, subjects } from "./subjects.ts";

/** The parts of a run. */
export const parts = ["request", "paced", "send", "fan-out", "routes", "footprint", "backlog"] as const;
export type PartOfRun = (typeof parts)[number];

/** What to measure, and how long. */
export interface RunOptions {
  readonly parts: readonly PartOfRun[];
  /** Ids of subjects. Empty: all. */
  readonly only: readonly string[];
  readonly rounds: number;
  readonly windowMs: number;
  readonly inFlight: readonly number[];
  readonly bytes: readonly number[];
  readonly pacedPerSecond: number;
  readonly queued: number;
  /** Where results go. */
  readonly out: string;
  /** Where CPU profiles go. */
  readonly profile: string | undefined;
}

/** What `--help` prints. */
export const help = `npm run bench -- [options]

  --parts LIST      of ${parts.join(", ")}; default: all
  --only LIST       subjects: ${subjects.map(({ id }) => id).join(", ")}
  --rounds N        rounds, of which the median counts; default 5, as fewer show no spread
  --window MS       what is counted in each round; default 100, so that all takes less than five minutes
  --in-flight LIST  default 1,8,64,256,1024
  --bytes LIST      payloads; default 200,4096
  --paced N         messages a second where they are sent by a schedule; default 500, which every subject can do
  --queued N        messages of the backlog; default 1000000
  --out FOLDER      default bench/results
  --profile FOLDER  keeps a CPU profile of every process there: slows everything down, so nothing is saved as result
`;

const flags = {
  parts: { type: "string", default: parts.join(",") },
  only: { type: "string", default: "" },
  rounds: { type: "string", default: "5" },
  window: { type: "string", default: "100" },
  "in-flight": { type: "string", default: "1,8,64,256,1024" },
  bytes: { type: "string", default: "200,4096" },
  paced: { type: "string", default: "500" },
  queued: { type: "string", default: "1000000" },
  out: { type: "string", default: "bench/results" },
  profile: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** Reads the flags. Undefined: help is wanted. Throws an Error that says which is wrong. */
export function readOptions(args: readonly string[]): RunOptions | undefined {
  const { values } = parseArgs({ args: [...args], options: flags });
  if (values.help) return undefined;
  const known = new Set(subjects.map(({ id }) => id));
  return {
    parts: listOf(values.parts, "parts", new Set<string>(parts)) as PartOfRun[],
    only: listOf(values.only, "only", known),
    rounds: numberOf(values.rounds, "rounds"),
    windowMs: numberOf(values.window, "window"),
    inFlight: values["in-flight"].split(",").map((text) => numberOf(text, "in-flight")),
    bytes: values.bytes.split(",").map((text) => numberOf(text, "bytes")),
    pacedPerSecond: numberOf(values.paced, "paced"),
    queued: numberOf(values.queued, "queued"),
    out: values.out,
    profile: values.profile,
  };
}

/** The subjects of a group that are wanted. */
export function subjectsOf(group: Group, { only }: Pick<RunOptions, "only">) {
  return subjects.filter((subject) => subject.group === group && (only.length === 0 || only.includes(subject.id)));
}

function listOf(text: string, flag: string, known: ReadonlySet<string>): string[] {
  const list = text.split(",").filter((entry) => entry !== "");
  const unknown = list.filter((entry) => !known.has(entry));
  if (unknown.length > 0) throw new Error(`--${flag} has ${unknown.join(", ")}, but knows ${[...known].join(", ")}.`);
  return list;
}

function numberOf(text: string, flag: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`--${flag} takes whole numbers above 0, not '${text}'.`);
}
