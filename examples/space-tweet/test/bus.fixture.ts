import { fileURLToPath } from "node:url";
import { freePorts, SupervisedProcess } from "@exosphere/runtime/process";
import { type Client, connect } from "@exosphere/sdk";

const receives = ["tweets.create", "tweets.list", "tweet.get-details"];
const sends = ["tweets.created", "tweets.not-created", "tweets.listed", "tweet.details", "tweet.not-found"];

/** A broker as a process, and the role `web` at it: the test. */
export class Bus {
  /** How a service finds it. */
  readonly environment: Record<string, string>;
  readonly #web: Client;
  readonly #process: SupervisedProcess;

  private constructor(port: number, adminPort: number) {
    const broker = `127.0.0.1:${port}`;
    const routes = { web: { sends: receives, receives: sends }, tweets: { sends, receives } };
    this.environment = { EXOCOM_BROKER: broker };
    this.#process = new SupervisedProcess({
      command: [
        process.execPath,
        fileURLToPath(import.meta.resolve("@exosphere/broker/bin")),
        ...["serve", "--port", String(port), "--admin-port", String(adminPort)],
      ],
      env: { ...process.env, SERVICE_DATA: JSON.stringify(routes) },
      restart: false,
      onEvent() {},
    });
    this.#process.start();
    this.#web = connect({ role: "web", broker });
  }

  /** Resolves once it takes messages. */
  static async start(): Promise<Bus> {
    const [port = 0, adminPort = 0] = await freePorts(2);
    const bus = new Bus(port, adminPort);
    await bus.#web.ready();
    return bus;
  }

  /** Sends a message and gives name and payload of the reply. */
  async reply(message: string, sent: unknown, auth?: unknown): Promise<{ name: string; payload: unknown }> {
    const { name, payload } = await this.#web.request(message, sent, auth === undefined ? {} : { auth });
    return { name, payload };
  }

  async stop(): Promise<void> {
    this.#web.close();
    await this.#process.stop();
  }
}
