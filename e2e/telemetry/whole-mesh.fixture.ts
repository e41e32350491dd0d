import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import { ProcessUnderTest } from "@exosphere/testkit";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { GatewayProcess } from "@exosphere/testkit/gateway-process";
import { startLoneInjector } from "@exosphere/testkit/lone-injector";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";

const routes = {
  web: { sends: ["users.create", "users.log", "nobody"], receives: ["users.created"] },
  clients: { sends: ["users.create"], receives: ["users.created"] },
  users: { sends: ["users.created"], receives: ["users.create", "users.log"] },
};

const clients = { role: "clients", sends: ["users.create"], receives: ["users.created"] };

/** A process of the mesh, and where its metrics are. */
export interface Observed {
  readonly name: string;
  readonly admin: string;
}

/** A process of every kind, each of which has done a little of everything that is counted. */
export class WholeMesh {
  readonly processes: Observed[] = [];
  readonly #mesh = new Mesh();
  readonly #folder = mkdtempSync(join(tmpdir(), "exo-whole-mesh-"));

  async start(): Promise<void> {
    const broker = await this.#mesh.startBroker({ routes });
    const [web, users] = await Promise.all([this.#mesh.startSidecar("web"), this.#mesh.startService("users")]);
    const [adminPort] = (await freePorts(1)) as [number];
    const exocom = this.#mesh.keep(await ExocomProcess.start({ routes, args: ["--admin-port", String(adminPort)] }));
    const gateway = this.#mesh.keep(await GatewayProcess.start({ ...clients, broker: broker.port }));
    this.processes.push(
      { name: "broker", admin: broker.admin },
      { name: "sidecar that sends", admin: web.admin },
      { name: "sidecar that receives", admin: users.sidecar.admin },
      { name: "all-in-one", admin: `http://127.0.0.1:${adminPort}` },
      { name: "gateway", admin: gateway.admin },
      { name: "analytics", admin: await this.#startAnalytics(broker.port) },
      { name: "injector", admin: await startLoneInjector(this.#mesh, this.#folder) },
    );
    users.app.on("users.create", () => ({ reply: { name: "users.created" } }));
    await ask(web.edge, "users.create", "1");
    await ask(gateway.edge, "users.create", "1");
    await ask(gateway.edge, "no such name", "1");
    await this.#retried(users.app, web.edge);
    await send(web.edge, "nobody", "1");
    await send(web.edge, "no such name", "1");
    const service = await exocom.service("users");
    await send(exocom.edge, "users.log", "1");
    await service.message("users.log");
  }

  async stop(): Promise<void> {
    await this.#mesh.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #startAnalytics(broker: number): Promise<string> {
    const [port, adminPort] = (await freePorts(2)) as [number, number];
    const ports = ["--port", String(port), "--admin-port", String(adminPort)];
    const analytics = this.#mesh.keep(
      new ProcessUnderTest({
        entry: new URL("../../services/analytics/src/bin.ts", import.meta.url),
        args: ["--broker", `127.0.0.1:${broker}`, "--data-dir", this.#folder, ...ports],
      }),
    );
    const admin = `http://127.0.0.1:${adminPort}`;
    await analytics.answers(`${admin}/readyz`);
    return admin;
  }

  /** The app does not take a message at first. */
  async #retried(app: Awaited<ReturnType<Mesh["startService"]>>["app"], edge: string): Promise<void> {
    app.on("users.log", ({ message }, response) => {
      if (message.attempt === 1) response.writeHead(503, { "retry-after": "0" });
      return "";
    });
    await send(edge, "users.log", "1");
    await app.delivery("users.log", 2);
  }
}
