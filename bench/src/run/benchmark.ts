import { measureBacklog } from "./backlog.ts";
import { measureFootprints } from "./footprint.ts";
import { describeMachine } from "./machine.ts";
import { type RunOptions, subjectsOf } from "./options.ts";
import type { Result } from "./result.ts";
import { type Load, type Outcome, runRounds } from "./rounds.ts";
import type { Group } from "./subjects.ts";

/** Payload of those parts that are about something else than its size. */
const smallBytes = 200;

/** In flight where that is not what is looked at: two loads that every subject bears. */
const busy = [64, 256];

/** Runs what is wanted, part after part. */
export async function runBenchmark(options: RunOptions, onProgress: (text: string) => void): Promise<Result> {
  const machine = describeMachine();
  const outcomes: Outcome[] = [];
  // First, while the machine is still quiet.
  const footprints = has("footprint") ? await measureFootprints(options.rounds) : [];
  if (has("request") || has("paced")) {
    await group("request", [...(has("request") ? closedLoads(options) : []), ...(has("paced") ? [pacedLoad()] : [])]);
  }
  if (has("send")) await group("send", closedLoads(options));
  const few = closedLoads({ ...options, bytes: [smallBytes], inFlight: busy });
  if (has("fan-out")) await group("fan-out", few);
  if (has("routes")) await group("routes", few);
  if (has("backlog")) onProgress(`${options.queued} messages for nobody`);
  const backlog = has("backlog") ? await measureBacklog(options.queued, smallBytes) : undefined;
  return {
    machine: machine(),
    rounds: options.rounds,
    windowMs: options.windowMs,
    pacedPerSecond: options.pacedPerSecond,
    rows: outcomes.flatMap(({ rows }) => rows),
    memory: outcomes.flatMap(({ memory }) => memory),
    footprints,
    backlog,
    absent: outcomes.flatMap(({ absent }) => absent),
  };

  function has(part: RunOptions["parts"][number]): boolean {
    return options.parts.includes(part);
  }

  async function group(name: Group, loads: readonly Load[]): Promise<void> {
    const { rounds, profile: profileFolder } = options;
    outcomes.push(await runRounds(subjectsOf(name, options), { rounds, loads, profileFolder, onProgress }));
  }

  function pacedLoad(): Load {
    const { pacedPerSecond: perSecond, windowMs } = options;
    return { kind: "paced", perSecond, windowMs: 2 * windowMs, bytes: smallBytes };
  }
}

function closedLoads({ bytes, inFlight, windowMs }: Pick<RunOptions, "bytes" | "inFlight" | "windowMs">): Load[] {
  return bytes.flatMap((size) =>
    inFlight.map((each): Load => ({ kind: "closed", inFlight: each, windowMs, bytes: size })),
  );
}
