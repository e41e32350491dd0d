import { type Client, connect } from "@exosphere/sdk";
import { BrokerProcess } from "@exosphere/testkit";

const receives = ["tweets.create", "tweets.list", "tweet.get-details"];
const sends = ["tweets.created", "tweets.not-created", "tweets.listed", "tweet.details", "tweet.not-found"];

/** A broker as a process, and the role `web` at it: the test. */
export class Bus {
  /** How a service finds it. */
  readonly environment: Record<string, string>;
  readonly #web: Client;
  readonly #broker: BrokerProcess;

  private constructor(broker: BrokerProcess) {
    const address = `127.0.0.1:${broker.port}`;
    this.environment = { EXOCOM_BROKER: address };
    this.#broker = broker;
    this.#web = connect({ role: "web", broker: address });
  }

  /** Resolves once it takes messages. */
  static async start(): Promise<Bus> {
    const routes = { web: { sends: receives, receives: sends }, tweets: { sends, receives } };
    const bus = new Bus(await BrokerProcess.start({ routes }));
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
    await this.#broker.stop();
  }
}
