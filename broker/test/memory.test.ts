import assert from "node:assert/strict";
import { BrokerProcess } from "@exosphere/testkit";
import { type AttachCall, BareClient, registration } from "@exosphere/testkit/bare-client";

const absent = Array.from({ length: 30 }, (_, index) => `absent${index}`);
const routes = {
  web: { sends: ["flood", "note"] },
  sink: { receives: ["note"] },
  ...Object.fromEntries(absent.map((role) => [role, { receives: ["flood"] }])),
};
const heapMiB = 512;

/** An attached instance that publishes run after run. */
class Publisher {
  readonly #call: AttachCall;
  #next = 1;

  private constructor(call: AttachCall) {
    this.#call = call;
  }

  static async attach(client: BareClient, role: string): Promise<Publisher> {
    const call = client.attach().send(registration({ role }));
    await call.frameWith("attached");
    return new Publisher(call);
  }

  /** Publishes `count` messages of one name, and returns the reasons of those that were refused. */
  async publish(name: number, count: number, payload: string): Promise<string[]> {
    const first = this.#next;
    this.#next += count;
    const envelope = Buffer.from(payload);
    const publishes = Array.from({ length: count }, (_, index) => ({
      name,
      activity_id: Buffer.from(`activity ${first + index}`),
      lifetime_ms: 600_000,
      envelope,
    }));
    this.#call.send({ first_sequence: String(first), publishes });
    return this.#call.confirmed(first + count - 1);
  }
}

describe("A broker whose receivers are all absent", function () {
  this.timeout(60_000);

  for (const { title, count, payload, rounds } of [
    { title: "tiny messages", count: 1000, payload: "", rounds: 20 },
    { title: "large messages", count: 2, payload: "x".repeat(900_000), rounds: 20 },
  ])
    it(`refuses ${title} with QUEUE_FULL, lives on, and serves other roles`, async () => {
      const broker = await BrokerProcess.start({ routes, env: { NODE_OPTIONS: `--max-old-space-size=${heapMiB}` } });
      const client = new BareClient(broker.port);
      try {
        const web = await Publisher.attach(client, "web");
        let refused: string[] = [];
        for (let round = 0; round < rounds; round += 1) refused = await web.publish(1, count, payload);
        assert.deepEqual(new Set(refused), new Set(["QUEUE_FULL"]));
        assert.deepEqual(await web.publish(2, 1, "through"), []);
        const text = await (await fetch(`${broker.admin}/metrics`)).text();
        const metric = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
        assert.ok(metric("exocom_total_bytes") <= metric("exocom_total_bytes_limit"));
        assert.ok(metric("exocom_total_bytes_limit") < heapMiB * 1024 * 1024);
      } finally {
        client.close();
        const { code } = await broker.stop();
        assert.equal(code, 0);
      }
    });
});

describe("A broker whose instances say more of themselves than anybody reads", function () {
  this.timeout(60_000);

  /** Sends long texts to a broker whose heap has no room for those of all instances. */
  const textBytes = 1_000_000;
  /** Fewer than the streams of one connection. */
  const instances = 90;
  const smallHeapMiB = 96;

  for (const field of ["agent", "token"] as const)
    it(`keeps no more of the ${field} of each than it shows`, async () => {
      const env = { NODE_OPTIONS: `--max-old-space-size=${smallHeapMiB}` };
      const broker = await BrokerProcess.start({ routes, env });
      const client = new BareClient(broker.port);
      try {
        for (let count = 0; count < instances; count += 1) {
          const call = client.attach().send(registration({ [field]: "x".repeat(textBytes) }));
          const attached = call.frameWith("attached").then(() => "attached");
          assert.equal(await Promise.race([attached, call.ended.then(() => "ended")]), "attached");
        }
        assert.deepEqual(await (await Publisher.attach(client, "web")).publish(2, 1, "through"), []);
      } finally {
        client.close();
        const { code } = await broker.stop();
        assert.equal(code, 0);
      }
    });
});
