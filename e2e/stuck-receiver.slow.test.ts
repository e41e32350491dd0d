import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { metricOf } from "@exosphere/testkit";
import { Mesh } from "@exosphere/testkit/mesh";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";
import { Pool } from "undici";

/** Messages that are sent, in so many bodies of NDJSON, of which some are under way at once. */
const messages = 200_000;
const bodies = 40;
const parallel = 4;
/** Of which the queue of the stuck role takes so many: the default of 100,000 is not reached here. */
const queued = 20_000;
/**
 * What V8 may keep, in MiB: 20,000 copies of 200 bytes cost the broker some 40, the sender's sidecar keeps nothing, and each
 * process has some 25 to begin with. One that kept 500 bytes of each message would not survive.
 */
const heaps = { broker: 112, sidecar: 64 };
/** By how much a process may grow, in bytes: its heap, and what V8 and the sockets have beside it. */
const growth = 160 * 1024 * 1024;

/** Takes connections and never says a word. */
class StuckApp {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.resume();
  });

  async start(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function heapOf(mebibytes: number) {
  return { NODE_OPTIONS: `--max-old-space-size=${mebibytes}` };
}

describe("A receiver that takes connections and never answers", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let sink: SidecarProcess;
  let admins: readonly string[];

  before(async () => {
    await mesh.startBroker({
      routes: { web: { sends: ["note"] }, sink: { receives: ["note"] } },
      args: ["--max-queue-messages", String(queued)],
      env: heapOf(heaps.broker),
    });
    const app = mesh.keep(new StuckApp());
    const port = await app.start();
    [web, sink] = await Promise.all([
      mesh.startSidecar("web", { env: heapOf(heaps.sidecar) }),
      mesh.startSidecar("sink", { app: port, env: heapOf(heaps.sidecar) }),
    ]);
    admins = [mesh.broker.admin, web.admin, sink.admin];
  });
  after(() => mesh.stop());

  const memory = () =>
    Promise.all(admins.map(async (admin) => (await metricOf(admin, "process_resident_memory_bytes")) ?? 0));

  /** Sends everything, and says how often each answer came. */
  async function flood(pool: Pool, sample: () => Promise<void>) {
    const line = JSON.stringify({ name: "note", payload: "x".repeat(198) });
    const body = `${line}\n`.repeat(messages / bodies);
    let [sent, accepted, refused] = [0, 0, 0];
    const sender = async () => {
      while (sent < bodies) {
        sent += 1;
        const answer = await pool.request({ method: "POST", path: "/v1/send", body });
        const answers = (await answer.body.text()).split("\n").slice(0, -1);
        accepted += answers.filter((text) => text.startsWith('{"id":')).length;
        refused += answers.filter((text) => text.includes('"reason":"QUEUE_FULL"')).length;
        await sample();
      }
    };
    await Promise.all(Array.from({ length: parallel }, sender));
    return { accepted, refused };
  }

  it("makes neither broker nor sidecars grow, and every refusal is told and counted", async function () {
    this.timeout(300_000);
    const idle = await memory();
    const peaks = [...idle];
    const pool = new Pool(web.edge, { connections: parallel });
    const { accepted, refused } = await flood(pool, async () => {
      const now = await memory();
      peaks.forEach((peak, index) => {
        peaks[index] = Math.max(peak, now[index] ?? 0);
      });
    }).finally(() => pool.close());

    assert.equal(accepted + refused, messages);
    assert.ok(accepted >= queued && refused > 0);
    const published = (outcome: string) =>
      metricOf(mesh.broker.admin, `exocom_published_total{role="web",name="note",outcome="${outcome}"}`);
    assert.deepEqual([await published("ok"), await published("queue_full")], [accepted, refused]);
    const grown = peaks.map((bytes, index) => bytes - (idle[index] ?? 0));
    assert.ok(
      grown.every((bytes) => bytes < growth),
      `broker, sender, receiver grew by ${grown.map((bytes) => `${Math.round(bytes / 1024 / 1024)} MB`).join(", ")}`,
    );
  });
});
