import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Pool } from "undici";
import { Mesh } from "./kit/mesh.ts";
import { metricOf } from "./kit/metrics.ts";
import type { SidecarProcess } from "./kit/sidecar-process.ts";

/** Messages that are sent. */
const messages = 50_000;
/** Of which the queue of the stuck role takes so many: the default of 100,000 is not reached here. */
const queued = 20_000;
/** How many are on their way at once. */
const parallel = 64;
/**
 * By how much a process may grow, in bytes: 20,000 copies of 200 bytes cost the broker some 40 MB, and the sender's sidecar
 * keeps nothing. The rest is garbage that V8 lets lie before it collects: 110 to 190 MB in all on a machine with two cores.
 */
const growth = 256 * 1024 * 1024;

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

describe("A receiver that takes connections and never answers", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let sink: SidecarProcess;
  let admins: readonly string[];

  before(async () => {
    await mesh.startBroker({
      routes: { web: { sends: ["note"] }, sink: { receives: ["note"] } },
      args: ["--max-queue-messages", String(queued)],
    });
    const app = mesh.keep(new StuckApp());
    const port = await app.start();
    [web, sink] = await Promise.all([mesh.startSidecar("web"), mesh.startSidecar("sink", { app: port })]);
    admins = [mesh.broker.admin, web.admin, sink.admin];
  });
  after(() => mesh.stop());

  const memory = () =>
    Promise.all(admins.map(async (admin) => (await metricOf(admin, "process_resident_memory_bytes")) ?? 0));

  /** Sends everything, and says how often each status was the answer, and whether each refusal says when to come again. */
  async function flood(pool: Pool, sample: () => Promise<void>) {
    const body = JSON.stringify("x".repeat(198));
    const statuses = new Map<number, number>();
    let sent = 0;
    let isToldWhen = true;
    const sender = async () => {
      while (sent < messages) {
        sent += 1;
        if (sent % 5_000 === 0) await sample();
        const answer = await pool.request({ method: "POST", path: "/v1/send/note", body });
        await answer.body.dump();
        statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
        if (answer.statusCode === 429) isToldWhen &&= Number(answer.headers["retry-after"]) >= 1;
      }
    };
    await Promise.all(Array.from({ length: parallel }, sender));
    return { accepted: statuses.get(202) ?? 0, refused: statuses.get(429) ?? 0, isToldWhen };
  }

  it("makes neither broker nor sidecars grow, and every refusal is told and counted", async function () {
    this.timeout(60_000);
    const idle = await memory();
    const peaks = [...idle];
    const pool = new Pool(web.edge, { connections: parallel });
    const { accepted, refused, isToldWhen } = await flood(pool, async () => {
      const now = await memory();
      peaks.forEach((peak, index) => {
        peaks[index] = Math.max(peak, now[index] ?? 0);
      });
    }).finally(() => pool.close());

    assert.equal(accepted + refused, messages);
    assert.ok(refused > 0 && isToldWhen);
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
