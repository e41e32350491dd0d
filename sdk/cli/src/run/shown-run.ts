import type { Application } from "@exosphere/application";
import type { ShownProcess, ShownRun } from "./control.ts";
import type { ProcessPlan } from "./process-plan.ts";
import type { RunningApplication } from "./run-application.ts";
import type { RunRecord } from "./run-record.ts";

/** Where the parts of an application are that this process runs, for other commands. `control` is the socket at which it takes orders. */
export function recordOf({ name, root }: Application, { shared, instances }: ProcessPlan, control: string): RunRecord {
  const startedAt = new Date(performance.timeOrigin).toISOString();
  const services = instances.map(({ address }) => address);
  return { version: 1, pid: process.pid, startedAt, application: name, root, ...shared, services, control };
}

/** What runs, and how it goes, as `exo ps` shows it. */
export function shownRun({ name: application, root }: Application, running: RunningApplication): ShownRun {
  const { broker, gateway, dashboard, instances, shared } = running.plan;
  const shown = (name: string, url?: string): ShownProcess => {
    const state = running.stateOf(name) ?? { kind: "stopped", pid: undefined, restarts: 0 };
    return { name, ...state, url };
  };
  return {
    application,
    root,
    pid: process.pid,
    shared: [
      shown(broker.name, shared.broker.address),
      ...(gateway ? [shown(gateway.name, shared.gateway?.url)] : []),
      ...(dashboard ? [shown(dashboard.name, shared.dashboard?.url)] : []),
    ],
    instances: instances.map(({ app, sidecar, address }) => ({
      ...address,
      app: shown(app.name, address.publicUrl),
      sidecar: shown(sidecar.name, address.sidecarUrl),
    })),
  };
}
