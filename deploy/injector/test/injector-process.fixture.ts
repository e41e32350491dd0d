import { freePorts } from "@exosphere/process";
import { ProcessUnderTest } from "@exosphere/testkit";
import { Agent, request } from "undici";

/** `exo-injector`, on ports of its own, called as an API server calls it: by a client that knows nothing of this project. */
export class InjectorProcess extends ProcessUnderTest {
  readonly port: number;
  readonly admin: string;

  private constructor(port: number, adminPort: number, args: readonly string[]) {
    const fixed = ["--sidecar-image=registry.example/exosphere:1.2.3", "--broker=broker:4100", "--namespace=exosphere"];
    super({
      entry: new URL("../src/bin.ts", import.meta.url),
      args: [...fixed, `--port=${port}`, `--admin-port=${adminPort}`, ...args],
    });
    this.port = port;
    this.admin = `http://127.0.0.1:${adminPort}`;
  }

  /** Starts it, and waits until its admin port answers, whether or not it has a certificate. */
  static async start(args: readonly string[], until = "/livez"): Promise<InjectorProcess> {
    const [port, adminPort] = (await freePorts(2)) as [number, number];
    const injector = new InjectorProcess(port, adminPort, args);
    await injector.answers(`${injector.admin}${until}`);
    return injector;
  }

  /** Posts a body to the webhook, trusting these authorities alone. `name` is what the API server calls it by. */
  async post(body: unknown, { ca, name, path = "/inject" }: PostOptions): Promise<PostAnswer> {
    const dispatcher = new Agent({ connect: { ca, servername: name }, allowH2: true });
    try {
      const { statusCode, body: answer } = await request(`https://127.0.0.1:${this.port}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", host: `${name}:443` },
        body: typeof body === "string" ? body : JSON.stringify(body),
        dispatcher,
      });
      return { status: statusCode, json: (await answer.json()) as PostAnswer["json"] };
    } finally {
      await dispatcher.close();
    }
  }
}

/** How the webhook is called. */
interface PostOptions {
  readonly ca: string;
  readonly name: string;
  readonly path?: string;
}

/** What it answers. */
interface PostAnswer {
  readonly status: number;
  readonly json: {
    readonly detail?: string;
    readonly reason?: string;
    readonly response?: {
      readonly uid: string;
      readonly allowed: boolean;
      readonly patch?: string;
      readonly warnings?: readonly string[];
      readonly status?: { readonly message: string };
    };
  };
}
