import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { eventually } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { post } from "@exosphere/testkit/messages";
import { RawConnection } from "@exosphere/testkit/raw-connection";
import { rawExchange, rawPost } from "@exosphere/testkit/raw-http";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

/** What a client writes, a character for each byte, and what it gets for it. */
interface Exchange {
  readonly what: string;
  readonly request: string;
  /** Statuses of the answers, in order. */
  readonly answers: readonly number[];
  /** Whether the connection is ended with it. */
  readonly closed: boolean;
  /** Whether the client sends no more. */
  readonly ends?: boolean;
  /** Ids of the messages that are to arrive all the same. */
  readonly delivers?: readonly string[];
}

interface Slow {
  readonly what: string;
  readonly request: string;
  /** What the client goes on with, again and again. */
  readonly drip?: string;
}

interface Body {
  readonly what: string;
  readonly text?: string;
  readonly hex?: string;
}

type Bodies = Readonly<Record<"refused" | "taken", readonly Body[]>>;

const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`corpus/${name}.json`, import.meta.url), "utf8"));

const requests = (await read("http-requests")) as Readonly<Record<"noHttp" | "smuggling" | "refused", Exchange[]>> & {
  readonly slow: readonly Slow[];
};
const bodies = (await read("bodies")) as Bodies;
const lines = (await read("lines")) as Bodies;

const bytesOf = ({ text, hex }: Body) => (hex === undefined ? Buffer.from(text ?? "") : Buffer.from(hex, "hex"));

describe("Malformed requests", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  let teller: SidecarProcess;
  let listener: AppUnderTest;

  before(async () => {
    await mesh.startBroker({ routes: { teller: { sends: ["told"] }, listener: { receives: ["told"] } } });
    const [sidecar, { app }] = await Promise.all([mesh.startSidecar("teller"), mesh.startService("listener")]);
    [teller, listener] = [sidecar, app];
  });
  beforeEach(() => listener.reset());
  after(() => mesh.stop());

  /** Sends one good message, and holds that it and these have arrived, and nothing else. */
  async function assertArrived(ids: readonly string[]): Promise<void> {
    const { status } = await post(`${teller.edge}/v1/send/told`, "1", { "exo-message-id": "the last one" });
    assert.equal(status, 202);
    const arrived = () => listener.deliveries.map(({ message }) => message.id);
    await eventually("the last one", () => arrived().includes("the last one") && arrived().length > ids.length);
    assert.deepEqual(arrived().sort(), [...ids, "the last one"].sort());
  }

  for (const [group, title] of [
    ["noHttp", "that are no HTTP, or not for this server"],
    ["smuggling", "that have two readings, or false lengths"],
    ["refused", "that are no messages"],
  ] as const) {
    it(`${title}: are refused, and nothing of them passes`, async () => {
      for (const { what, request, answers, closed, ends } of requests[group]) {
        const connection = mesh.keep(new RawConnection(teller.port));
        connection.write(Buffer.from(request, "latin1"));
        if (ends) connection.end();
        const isOver = () => connection.statuses.length >= answers.length && (!closed || connection.isClosed);
        await eventually("its end", isOver).catch(() =>
          assert.fail(`${what}: is still open, with ${JSON.stringify(connection.text)}`),
        );
        assert.deepEqual([connection.statuses, connection.isClosed], [answers, closed], `${what}: ${connection.text}`);
        for (const [, body = ""] of connection.text.matchAll(/problem\+json[\s\S]*?\r\n\r\n(\{.*?\})(?=HTTP|$)/g))
          assert.ok(String(JSON.parse(body).detail).length > 10, what);
        await connection.stop();
      }
      await assertArrived(requests[group].flatMap(({ delivers = [] }) => delivers));
    });
  }

  it("are cut off when they take too long, and leave nothing behind", async () => {
    const limits = ["--headers-timeout", "500ms", "--request-timeout", "800ms"];
    const sidecar = await mesh.startSidecar("teller", { args: limits });
    const open = requests.slow.map(({ what, request, drip }) => {
      const connection = mesh.keep(new RawConnection(sidecar.port));
      connection.write(Buffer.from(request, "latin1"));
      return { what, drip, connection };
    });
    const timer = setInterval(() => {
      for (const { drip, connection } of open) if (drip) connection.write(Buffer.from(drip, "latin1"));
    }, 50);
    for (const { what, connection } of open) {
      await eventually("its end", () => connection.isClosed, 20_000).catch(() => assert.fail(`${what}: is still open`));
      assert.ok([408, 200, 400].includes(connection.statuses[0] ?? 0), `${what}: ${connection.text}`);
      assert.match(connection.text, /"detail":"(The request did not arrive in time|No line came to its end)/, what);
    }
    clearInterval(timer);
    await assertArrived([]);
  });

  it("with a payload that is no JSON are refused in every form, and those that only look so are passed on as they are", async () => {
    const asIs = (body: Buffer) => rawPost("/v1/send/told", body);
    const of2016 = (body: Buffer) =>
      rawPost(
        "/send/told",
        Buffer.concat([Buffer.from('{"sender":"teller","id":"2016","payload":'), body, Buffer.from("}")]),
      );
    for (const each of bodies.refused) {
      for (const form of [asIs, of2016]) {
        const { status } = await rawExchange(teller.port, form(bytesOf(each)));
        assert.equal(status, 400, each.what);
      }
      // Between two good ones, each of which must not be touched by it.
      const line = Buffer.concat([Buffer.from('{"name":"told","payload":'), bytesOf(each), Buffer.from("}\n")]);
      if (line.indexOf("\n") === line.length - 1)
        assert.deepEqual(await answersTo(line), ["INVALID_MESSAGE"], each.what);
    }
    await assertArrived([]);
    listener.reset();
    for (const each of bodies.taken) {
      assert.equal((await rawExchange(teller.port, asIs(bytesOf(each)))).status, 202, each.what);
      assert.equal((await rawExchange(teller.port, of2016(bytesOf(each)))).status, 200, each.what);
      await eventually(each.what, () => listener.deliveries.length === 2);
      for (const { raw } of listener.deliveries) assert.ok(raw.includes(bytesOf(each).toString().trim()), each.what);
      listener.reset();
    }
  });

  it("with lines that are no messages are refused line by line, and those that only look so are taken", async () => {
    for (const each of lines.refused)
      assert.deepEqual(
        await answersTo(Buffer.concat([bytesOf(each), Buffer.from("\n")])),
        ["INVALID_MESSAGE"],
        each.what,
      );
    await assertArrived([]);
    listener.reset();
    for (const each of lines.taken)
      assert.deepEqual(await answersTo(Buffer.concat([bytesOf(each), Buffer.from("\n")])), ["taken"], each.what);
    await eventually("all of them", () => listener.deliveries.length === lines.taken.length);
    assert.ok(listener.deliveries.every(({ message }) => message.sender === "" && !message.isSecurity));
  });

  /** How each line is answered, over a plain socket. */
  async function answersTo(body: Buffer): Promise<string[]> {
    const connection = mesh.keep(new RawConnection(teller.port));
    connection.write(rawPost("/v1/send", body, { connection: "close" }));
    await eventually("the end of the answer", () => connection.isClosed);
    assert.deepEqual(connection.statuses, [200]);
    await connection.stop();
    return [...connection.text.matchAll(/^\{"(?:id|type)":.*$/gm)].map(
      ([text]) => (JSON.parse(text) as { reason?: string }).reason ?? "taken",
    );
  }
});
