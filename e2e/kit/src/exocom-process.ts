import { freePorts } from "@exosphere/process";
import type { Routes } from "./broker-process.ts";
import { eventually } from "./eventually.ts";
import { ProcessUnderTest } from "./process-under-test.ts";
import { RawWebSocket } from "./raw-websocket.ts";

/** How to run the all-in-one. */
export interface ExocomOptions {
  /** Absent: `args` say where they come from. */
  readonly routes?: Routes;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `exocom`, broker and JSON edges in one process, on a port of its own. */
export class ExocomProcess extends ProcessUnderTest {
  readonly port: number;
  readonly edge: string;
  #seen = 0;

  constructor(port: number, { routes, args = [], env }: ExocomOptions) {
    super({
      entry: new URL("../../../exocom/src/bin.ts", import.meta.url),
      args,
      env: { PORT: String(port), ...(routes && { SERVICE_DATA: JSON.stringify(routes) }), ...env },
    });
    this.port = port;
    this.edge = `http://127.0.0.1:${port}`;
  }

  /** Resolves once it is online. */
  static async start(options: ExocomOptions): Promise<ExocomProcess> {
    const [port] = (await freePorts(1)) as [number];
    const exocom = new ExocomProcess(port, options);
    await exocom.answers(`${exocom.edge}/status`);
    await exocom.prints(`ExoCom online at port ${port}`);
    return exocom;
  }

  /** A service: a socket that is registered, as the output says. */
  async service(role: string, frame: object = {}): Promise<RawWebSocket> {
    const before = this.count(`'${role}' registered`);
    const socket = await RawWebSocket.connect(this.port);
    socket.send({ name: "exocom.register-service", sender: role, ...frame });
    await eventually(`'${role}' is registered`, () => this.count(`'${role}' registered`) > before);
    return socket;
  }

  /** How often it has printed a line. */
  count(line: string): number {
    return this.stdout.filter((each) => each === line).length;
  }

  /** Waits for a line of its output. */
  async prints(line: string | RegExp): Promise<string> {
    const isIt = (each: string) => (typeof line === "string" ? each === line : line.test(each));
    return eventually(`the line ${line}`, () => this.stdout.find(isIt));
  }

  /** What it has printed since the last call. */
  newLines(): string[] {
    const lines = this.stdout.slice(this.#seen);
    this.#seen = this.stdout.length;
    return lines;
  }

  /** `GET /config.json`. */
  async config(): Promise<{ readonly clients: unknown; readonly routes: unknown }> {
    return (await (await fetch(`${this.edge}/config.json`)).json()) as { clients: unknown; routes: unknown };
  }
}
