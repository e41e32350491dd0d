import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, connect, type Handlers, type Service, service } from "@exosphere/sdk";
import { eventually, ProcessUnderTest } from "@exosphere/testkit";
import { Mesh } from "@exosphere/testkit/mesh";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const nothing = () => {};
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A broker, sidecars with sockets, and apps that use the SDK: here, or as processes of their own. */
export class SdkMesh extends Mesh {
  /** Says nothing. */
  readonly log = silent;
  readonly #folder = mkdtempSync(join(tmpdir(), "exo-sdk-"));

  socketOf(role: string): string {
    return join(this.#folder, `${role}.sock`);
  }

  startSocketSidecar(role: string): Promise<SidecarProcess> {
    return this.startSidecar(role, { args: ["--socket", this.socketOf(role)] });
  }

  /** A client of this process, behind a role's sidecar. */
  connect(role: string, as: string = role): Client {
    const client = connect({ role: as, socket: this.socketOf(role), log: silent });
    this.keep({ stop: async () => client.close() });
    return client;
  }

  /** A service of this process, behind its sidecar. */
  play(role: string, handlers: Handlers, socket: string = this.socketOf(role)): Service {
    const playing = service(role, handlers, { socket, signals: false, log: silent });
    this.keep({ stop: async () => playing.close() });
    return playing;
  }

  /** An app that uses the SDK, by default that of the fixture, as a process. Resolves once it is online. */
  async startSdkApp(
    role: string,
    entry: URL = new URL("./sdk-app.fixture.ts", import.meta.url),
  ): Promise<ProcessUnderTest> {
    const app = this.keep(
      new ProcessUnderTest({
        entry,
        args: [],
        env: { ROLE: role, EXOCOM_SOCKET: this.socketOf(role) },
      }),
    );
    await eventually("the app is online", () => app.stdout.some((line) => line.startsWith("users online")));
    return app;
  }

  override async stop(): Promise<void> {
    await super.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
