import { moduleOf } from "./bundled-place.ts";

/** What a CPU profile of V8 consists of, as far as it is summed up here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** Share of a profile that is left out at its beginning: the start of the process. */
const startShare = 0.35;

/** A profile in some fifty lines: where the time goes, by function itself and by what it calls, in percent. */
export function profileSummary({ nodes, samples, timeDeltas }: CpuProfile, lines = 25): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const [own, whole] = [new Map<string, number>(), new Map<string, number>()];
  let total = 0;
  for (let index = Math.floor(samples.length * startShare); index < samples.length; index += 1) {
    const [deltaUs, leaf] = [timeDeltas[index] ?? 0, byId.get(samples[index] ?? 0)];
    if (!leaf || isOutside(leaf)) continue;
    total += deltaUs;
    add(own, nameOf(leaf), deltaUs);
    const path = new Set<string>();
    for (let node: ProfileNode | undefined = leaf; node; node = byId.get(parents.get(node.id) ?? -1))
      path.add(nameOf(node));
    for (const name of path) if (name !== "(root)") add(whole, name, deltaUs);
  }
  const list = (times: ReadonlyMap<string, number>) =>
    [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, lines)
      .map(([name, us]) => `${((us / total) * 100).toFixed(1).padStart(5)} %  ${name}`)
      .join("\n");
  return `by itself\n${list(own)}\n\nwith what it calls\n${list(whole)}\n`;
}

/** Not the work of the process: it waits, or ends. */
function isOutside({ callFrame: { functionName } }: ProfileNode): boolean {
  return functionName === "(idle)" || functionName === "reallyExit";
}

function nameOf({ callFrame }: ProfileNode): string {
  const { functionName } = callFrame;
  const { url, lineNumber } = moduleOf(callFrame);
  const file = url
    .replace(/^.*\/(?:build|node_modules)\//, "")
    .replace(/^file:\/\/.*?\/(bench|sdk|runtime|proto)\//, "$1/");
  return file === "" ? functionName || "(anonymous)" : `${functionName || "(anonymous)"}  ${file}:${lineNumber + 1}`;
}

function add(times: Map<string, number>, name: string, us: number): void {
  times.set(name, (times.get(name) ?? 0) + us);
}
