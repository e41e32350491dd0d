import { embedBroker, systemClock } from "@exosphere/broker/embedded";
import { SidecarCounts } from "@exosphere/sidecar/edges";
import { PlainHistogram } from "@exosphere/telemetry";
import { requestRoutes } from "../run/routes.ts";

/** Requests of one run: some tens of milliseconds. */
const requests = 200_000;

/** The best of so many runs counts: what others do on the machine only ever adds to it. */
const runs = 25;

/**
 * How long counting a request and its reply takes, in nanoseconds, at a broker and two sidecars together: exactly what they do
 * for them beside two frames or less. Other than a difference between two programs, it can be told on a busy machine.
 */
export function countingNs(): number {
  const count = counter();
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const startMs = performance.now();
    for (let request = 0; request < requests; request += 1) count(request);
    best = Math.min(best, (performance.now() - startMs) / requests);
  }
  return best * 1e6;
}

function counter(): (request: number) => void {
  const broker = brokerCounter();
  const names = new Set(["ping", "pong"]);
  const [near, far] = [sidecarCounts(names), sidecarCounts(names)];
  return (request) => {
    const seconds = (request % 1000) / 1e6;
    broker(seconds);
    near.sent("ping", undefined);
    near.answered("ping", seconds);
    far.handled("ping", "ok", seconds);
    far.sent("pong", undefined);
  };
}

/** Each message is published once, and one copy of it ends. */
function brokerCounter(): (seconds: number) => void {
  const routes = Object.entries(requestRoutes).map(([role, { sends, receives }]) => {
    return [role, { sends, receives: receives.map((name) => ({ name })), translations: [] }] as const;
  });
  const { exocom } = embedBroker({ clock: systemClock, routes: new Map(routes), agent: "bench" });
  const [requester, replier] = [exocom.roles.get("requester"), exocom.roles.get("replier")];
  if (!requester || !replier) throw new Error("The routes have lost their roles.");
  const tallies = [
    requester.publishedOf("ping"),
    replier.deliveredOf("ping"),
    replier.publishedOf("pong"),
    requester.deliveredOf("pong"),
  ];
  const [there, back] = [new PlainHistogram(), new PlainHistogram()];
  return (seconds) => {
    for (const tally of tallies) tally.count("ok");
    there.record(seconds);
    back.record(seconds);
  };
}

function sidecarCounts(names: ReadonlySet<string>): SidecarCounts {
  return new SidecarCounts((name) => names.has(name));
}
