import { type Client, connect, DeadMessage, type Handlers, RetryLater, type Service, service } from "@exosphere/sdk";

/** An application like space-tweet, with more to see: some of its services are slow, or fail now and then. */
export const demoRoutes = {
  web: {
    sends: ["users.create", "users.list", "tweets.create", "tweets.list", "search.find"],
    receives: ["users.created", "users.listed", "tweets.created", "tweets.listed", "search.found"],
  },
  users: { receives: ["users.create", "users.list"], sends: ["users.created", "users.listed", "user.joined"] },
  tweets: { receives: ["tweets.create", "tweets.list"], sends: ["tweets.created", "tweets.listed", "tweet.posted"] },
  mailer: { receives: ["user.joined", "send mail"], sends: [], translations: [{ public: "tweet.posted", internal: "send mail" }] }, // biome-ignore format: one line
  search: { receives: ["tweet.posted", "user.joined", "search.find"], sends: ["search.found"] },
};

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Its services and who uses them. Instances attach straight to the broker. */
export class DemoApplication {
  readonly web: Client;
  readonly #services: readonly Service[];
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;

  private constructor(web: Client, services: readonly Service[]) {
    this.web = web;
    this.#services = services;
  }

  static async start(port: number): Promise<DemoApplication> {
    const options = { broker: `127.0.0.1:${port}`, signals: false, log: quiet } as const;
    const play = (role: string, handlers: Handlers) => service(role, handlers, options);
    const users = () =>
      play("users", {
        "users.create": async ({ payload }, { send }) => {
          await pause(3 + Math.random() * 6);
          await send("user.joined", payload);
          return { name: "users.created", payload: { ...(payload as object), id: "8f14e45f" } };
        },
        "users.list": async () => {
          await pause(1 + Math.random() * 3);
          return { name: "users.listed", payload: { count: 3 } };
        },
      });
    const services = [
      users(),
      users(),
      play("tweets", {
        "tweets.create": async ({ payload }, { send }) => {
          await pause(4 + Math.random() * 9);
          await send("tweet.posted", payload);
          return { name: "tweets.created", payload: { ...(payload as object), id: "c51ce410" } };
        },
        "tweets.list": async () => {
          await pause(2 + Math.random() * 5 + (Math.random() < 0.03 ? 90 : 0));
          return { name: "tweets.listed", payload: { count: 12, tweets: [] } };
        },
      }),
      play("mailer", {
        "user.joined": async ({ payload, attempt }) => {
          await pause(6 + Math.random() * 8);
          if (attempt === 1 && (payload as { name?: string }).name === "Grace")
            throw new RetryLater("The mail server is busy.", { afterMs: 60 });
        },
        "send mail": async ({ attempt }) => {
          await pause(10 + Math.random() * 20);
          if (attempt === 1 && Math.random() < 0.01) throw new RetryLater("The mail server is busy.", { afterMs: 40 });
        },
      }),
      play("search", {
        "tweet.posted": () => pause(20 + Math.random() * 45),
        "user.joined": async ({ payload }) => {
          await pause(9);
          if ((payload as { name?: string }).name === "Grace")
            throw new DeadMessage("The index has no place for names of one word.");
        },
        "search.find": async () => {
          await pause(12 + Math.random() * 30);
          return { name: "search.found", payload: { hits: 2 } };
        },
      }),
    ];
    const web = connect({ role: "web", broker: options.broker, log: quiet });
    await Promise.all([web.ready(), ...services.map((each) => each.ready())]);
    return new DemoApplication(web, services);
  }

  /** Somebody joins whose mail is tried twice, and whom the search does not take. Returns the activity. */
  async joins(name: string): Promise<string> {
    const { activityId } = await this.web.request("users.create", { name, email: `${name.toLowerCase()}@example.org`, password: "hopper" }); // biome-ignore format: one line
    return activityId;
  }

  /** Sends so many requests a second at the most, now more and now less, until the application stops; with trouble now and then. */
  load(perSecond: number, hasTrouble = false): void {
    const kinds = ["tweets.list", "tweets.list", "users.list", "tweets.create", "search.find", "tweets.list", "users.create"]; // biome-ignore format: one line
    this.#timer = setInterval(() => {
      const tide = 0.7 + 0.2 * Math.sin(Date.now() / 37_000) + 0.1 * Math.sin(Date.now() / 11_000);
      if (Math.random() > tide) return;
      if (hasTrouble && Math.random() < 0.0015) void this.joins("Grace").catch(() => {});
      const name = kinds[this.#sent++ % kinds.length] as string;
      const payload = name === "users.create" ? { name: "Ada Lovelace", email: "ada@example.org" } : { content: "Hello world", author: "Ada" }; // biome-ignore format: one line
      void this.web.request(name, payload).catch(() => {});
    }, 1000 / perSecond);
  }

  /** Sends nothing until `load` is called again. */
  pause(): void {
    clearInterval(this.#timer);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.web.close();
    for (const each of this.#services) each.close();
  }
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
