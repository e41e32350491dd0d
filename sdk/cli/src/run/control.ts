import { once } from "node:events";
import { chmodSync } from "node:fs";
import { answerRoutes, type Endpoint, Router, restOf, sendJson } from "@exosphere/http";
import { createServer } from "@exosphere/http/node-http";
import { ExoError } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import type { ProcessState } from "./launched-process.ts";
import type { RunningService } from "./run-record.ts";

/** A process of the running application, as `exo ps` shows it. */
export interface ShownProcess extends ProcessState {
  readonly name: string;
  /** Where it is, for people and for other commands. */
  readonly url?: string | undefined;
}

/** An instance as `exo ps` shows it. */
export interface ShownInstance extends RunningService {
  readonly app: ShownProcess;
  readonly sidecar: ShownProcess;
}

/** The running application, as `exo ps` shows it. */
export interface ShownRun {
  readonly application: string;
  readonly root: string;
  readonly pid: number;
  readonly shared: readonly ShownProcess[];
  readonly instances: readonly ShownInstance[];
}

/** What can be asked of a running application. */
export interface Controlled {
  show(): ShownRun;
  /** Ends all of it. */
  stop(): void;
  /** Stops a service until its files change, or the application is started anew. False: there is none of this role. */
  stopService(role: string): Promise<boolean>;
}

/**
 * Listens on a unix socket, in a folder that only its owner may look into: whoever may connect may as well send signals. Returns
 * what ends that.
 */
export async function serveControl(path: string, controlled: Controlled, log: Pick<Log, "error">): Promise<() => void> {
  const endpoints: readonly Endpoint[] = [
    {
      method: "GET",
      path: "/run",
      access: "read",
      handle: (_, response) => sendJson(response, 200, controlled.show()),
    },
    {
      method: "POST",
      path: "/stop",
      handle(_, response) {
        sendJson(response, 202, {});
        controlled.stop();
      },
    },
    {
      method: "POST",
      path: "/stop/",
      rest: "role",
      async handle(_, response, match) {
        const role = restOf(match);
        if (!(await controlled.stopService(role)))
          throw new ExoError("NO_RECEIVERS", `The application has no service '${role}' that runs.`);
        sendJson(response, 200, {});
      },
    },
  ];
  const server = createServer();
  server.on(
    "request",
    answerRoutes(new Router(endpoints), () => undefined, log),
  );
  server.listen(path);
  await once(server, "listening");
  chmodSync(path, 0o600);
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
