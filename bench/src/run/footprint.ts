import { type Started, type StartOptions, startBroker, startSidecar } from "./programs.ts";
import { usageOf } from "./resources.ts";
import type { Footprint } from "./result.ts";
import { requestRoutes } from "./routes.ts";
import { type Running, stopAll } from "./running.ts";

/** How long a program may come to rest before its memory is looked at, in milliseconds. */
const restMs = 500;

/** Within which it has written its compile cache, in milliseconds: it does so a second after it is ready. */
const cachedMs = 1_500;

/** An exporter that nobody listens to: tracing is loaded, and drops what it cannot deliver. */
const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_TRACES_EXPORTER: "otlp" };

/** Starts broker and sidecar again and again, without and with tracing: how long until they are ready, and what they hold. */
export async function measureFootprints(starts: number): Promise<Footprint[]> {
  const kinds: readonly [string, Readonly<Record<string, string>>][] = [
    ["", {}],
    [", tracing", tracing],
  ];
  const all: Footprint[] = [];
  for (const [suffix, env] of kinds) {
    // The first start fills the compile cache, as it is after an installation; it does not count.
    await startBoth(env, cachedMs);
    const pairs: Pair[] = [];
    for (let start = 0; start < starts; start += 1) pairs.push(await startBoth(env, restMs));
    for (const program of ["broker", "sidecar"] as const) {
      const figures = pairs.map((pair) => pair[program]);
      const readyMs = figures.map((figure) => figure.readyMs);
      all.push({ program: `${program}${suffix}`, readyMs, idleMb: figures.map(({ idleMb }) => idleMb) });
    }
  }
  return all;
}

interface Figures {
  readonly readyMs: number;
  readonly idleMb: number;
}

interface Pair {
  readonly broker: Figures;
  readonly sidecar: Figures;
}

async function startBoth(env: Readonly<Record<string, string>>, waitMs: number): Promise<Pair> {
  const running: Running[] = [];
  const options: StartOptions = { env, onStart: (program) => running.push(program) };
  try {
    const broker = await startBroker("broker", requestRoutes, options);
    const sidecar = await startSidecar("sidecar", "requester", broker.port, options);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    return { broker: figuresOf(broker), sidecar: figuresOf(sidecar) };
  } finally {
    await stopAll(running);
  }
}

function figuresOf({ program, readyMs }: Started): Figures {
  return { readyMs, idleMb: usageOf(program.child.pid as number).memoryMb };
}
