import { ExoRun } from "../exo-run.fixture.ts";

/** A problem, or what a control request answers with. */
export type Told = Readonly<Record<string, unknown>> & { readonly detail?: string };

/** `exo mock` on a port of its own, and the HTTP by which a test in any language speaks to it. */
export class MockProcess {
  readonly #process: ExoRun;
  port = 0;

  private constructor(args: readonly string[]) {
    this.#process = new ExoRun(["--port", "0", "--host", "127.0.0.1", ...args], {}, "mock");
  }

  /** Resolves once it is online. */
  static async start(...args: readonly string[]): Promise<MockProcess> {
    const mock = new MockProcess(args);
    const [, port] = await mock.#process.until(/^exo mock online at port (\d+)$/m);
    mock.port = Number(port);
    return mock;
  }

  /** Everything it wrote. */
  get output(): string {
    return this.#process.output;
  }

  async get(path: string): Promise<Told> {
    return (await (await fetch(this.#url(path))).json()) as Told;
  }

  /** Posts JSON, and resolves with the status and what was answered. */
  async post(path: string, body?: unknown): Promise<readonly [status: number, told: Told]> {
    const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(this.#url(path), { method: "POST", body: text });
    const answered = await response.text();
    return [response.status, answered === "" ? {} : (JSON.parse(answered) as Told)];
  }

  /** Ends it, and resolves with its exit code. */
  async end(): Promise<unknown> {
    return this.#process.end("SIGTERM");
  }

  #url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }
}
