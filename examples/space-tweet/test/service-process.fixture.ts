import { fileURLToPath } from "node:url";
import { freePorts, type ProcessEvent, SupervisedProcess } from "@exosphere/process";

/** A service of the application as a process, and the part of its sidecar: the test. */
export class ServiceProcess {
  readonly relayUrl: string;
  readonly publicUrl: string;
  readonly #process: SupervisedProcess;
  #exitCode: number | null | undefined;

  private constructor(role: string, environment: Record<string, string>, onEvent: (event: ProcessEvent) => void) {
    this.relayUrl = `http://127.0.0.1:${environment.EXORELAY_PORT}`;
    this.publicUrl = `http://127.0.0.1:${environment.PORT}`;
    this.#process = new SupervisedProcess({
      command: [process.execPath, fileURLToPath(new URL(`../${role}/server.js`, import.meta.url))],
      env: { ...process.env, ROLE: role, ...environment },
      onlineText: `${role} online`,
      restart: false,
      onEvent: (event) => {
        if (event.kind === "exited") this.#exitCode = event.code;
        onEvent(event);
      },
    });
    this.#process.start();
  }

  /** Starts a service; resolves when it says that it is online. */
  static async start(role: string, environment: Record<string, string>): Promise<ServiceProcess> {
    const [relayPort, port] = await freePorts(2);
    const ports = { EXORELAY_PORT: String(relayPort), PORT: String(port) };
    const written: string[] = [];
    return new Promise((resolve, reject) => {
      const service = new ServiceProcess(role, { ...environment, ...ports }, (event) => {
        if (event.kind === "line") written.push(event.text);
        if (event.kind === "online") resolve(service);
        if (event.kind === "exited") reject(new Error(`${role} did not come up:\n${written.join("\n")}`));
      });
    });
  }

  /** Delivers a body as a message, like a sidecar. */
  deliver(name: string, body: string): Promise<Response> {
    return fetch(`${this.relayUrl}/run/${encodeURIComponent(name)}`, { method: "POST", body });
  }

  /** Delivers a message and reads the reply. */
  async reply(name: string, payload: unknown = null): Promise<{ name: string; payload: unknown }> {
    const response = await this.deliver(name, JSON.stringify({ name, payload, id: "1", activityId: "1" }));
    return ((await response.json()) as { reply: { name: string; payload: unknown } }).reply;
  }

  /** Asks it to end; resolves with its exit code. */
  async stop(): Promise<number | null | undefined> {
    await this.#process.stop();
    return this.#exitCode;
  }
}
