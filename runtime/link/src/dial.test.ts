import assert from "node:assert/strict";
import { createServer, type Socket, type Server as TcpServer } from "node:net";
import { attachMethod } from "@exosphere/frames";
import {
  type AttachRequest,
  type AttachResponse,
  ExoError,
  encodeStatusDetails,
  newAttached,
  newAttachResponse,
  newRouteSlice,
  newRouteSliceSend,
  statusDetailsTrailer,
} from "@exosphere/proto";
import { type handleBidiStreamingCall, Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { outgoing } from "./fixtures/scripted-broker.ts";
import { Link } from "./link.ts";
import type { LinkOptions } from "./link-config.ts";
import type { LinkStatus } from "./link-status.ts";

type Handler = handleBidiStreamingCall<AttachRequest, AttachResponse>;

describe("grpcDial", () => {
  const stops: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  /** A server whose Attach is `handler`, on a free port. */
  async function serve(handler: Handler): Promise<string> {
    const server = new Server();
    server.addService({ attach: attachMethod }, { attach: handler });
    stops.push(() => server.forceShutdown());
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    return `127.0.0.1:${port}`;
  }

  /** A port that takes connections, and never says a word. */
  async function blackHole(): Promise<string> {
    const sockets = new Set<Socket>();
    const server: TcpServer = createServer((socket) => sockets.add(socket.on("error", () => {})));
    stops.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  /** A link to these brokers, and the first status of a kind. */
  function link(brokers: string[], options: Partial<LinkOptions> = {}) {
    const seen: LinkStatus[] = [];
    const waiters: { kind: LinkStatus["kind"]; resolve: (status: LinkStatus) => void }[] = [];
    const started = new Link(
      { brokers, role: "web", instanceId: "instance", minBackoffMs: 1, maxBackoffMs: 1, ...options },
      {
        delivery: () => {},
        status: (status) => {
          seen.push(status);
          for (const waiter of waiters) if (waiter.kind === status.kind) waiter.resolve(status);
        },
      },
    );
    stops.push(() => started.close());
    const first = (kind: LinkStatus["kind"]): Promise<LinkStatus> => {
      const found = seen.find((status) => status.kind === kind);
      return found ? Promise.resolve(found) : new Promise((resolve) => waiters.push({ kind, resolve }));
    };
    return { link: started, first };
  }

  const attached = newAttached({
    protocolVersion: 1,
    epoch: "epoch",
    takenThrough: 0,
    undecided: [],
    uncertainThrough: 0,
    refusals: [],
    instance: 1,
    maxPayloadBytes: 1024,
    agent: "test",
  });
  const routes = newRouteSlice({
    revision: 1,
    sends: [newRouteSliceSend({ number: 1, name: "note", hasReceivers: true })],
  });

  it("carries frames both ways, and tells the broker when the link is closed", async () => {
    const left = Promise.withResolvers<void>();
    const address = await serve((call) => {
      call.on("error", () => {});
      call.on("cancelled", () => left.resolve());
      call.on("data", ({ registration, publishes, firstSequence }: AttachRequest) => {
        if (registration) call.write(newAttachResponse({ attached, routes }));
        const last = firstSequence + publishes.length - 1;
        if (publishes.length > 0) call.write(newAttachResponse({ confirmations: [{ first: firstSequence, last }] }));
      });
    });
    const { link: one, first } = link([address]);
    const status = await first("attached");
    assert.deepEqual(status, { kind: "attached", broker: address, agent: "test" });
    assert.equal(await new Promise((resolve) => one.send(outgoing(), resolve)), undefined);
    one.close();
    await left.promise;
  });

  it("tells the broker's own reason for a refusal", async () => {
    const address = await serve((call) => {
      const error = new ExoError("UNAUTHENTICATED", "Role 'web' needs its own attach token.", {
        facts: { role: "web" },
      });
      const metadata = new Metadata();
      metadata.set(statusDetailsTrailer, Buffer.from(encodeStatusDetails(error)));
      call.on("error", () => {});
      call.emit("error", { code: error.grpcCode, details: error.detail, metadata });
    });
    const { first } = link([address]);
    const status = await first("detached");
    assert.ok(status.kind === "detached");
    assert.deepEqual([status.error.reason, status.error.facts], ["UNAUTHENTICATED", { role: "web" }]);
  });

  it("says BROKER_UNAVAILABLE where nobody listens", async () => {
    const address = await blackHole();
    await stops.pop()?.();
    const { first } = link([address]);
    const status = await first("detached");
    assert.ok(status.kind === "detached");
    assert.equal(status.error.reason, "BROKER_UNAVAILABLE");
    assert.match(status.error.detail, new RegExp(address));
  });

  it("says what to do where the broker sends more than this process takes", async () => {
    const address = await serve((call) => {
      call.on("error", () => {});
      call.write(newAttachResponse({ attached: newAttached({ ...attached, agent: "x".repeat(1_100_000) }) }));
    });
    const { first } = link([address], { maxPayloadBytes: 1000 });
    const status = await first("detached");
    assert.ok(status.kind === "detached");
    assert.equal(status.error.reason, "BROKER_UNAVAILABLE");
    assert.match(status.error.detail, /larger than max.* give each the same --max-payload, or maxPayloadBytes/);
  });

  it("does not hang at a peer that never answers", async () => {
    const [hole, address] = [
      await blackHole(),
      await serve((call) => {
        call.on("error", () => {});
        call.write(newAttachResponse({ attached, routes }));
      }),
    ];
    const { first } = link([hole, address], { attachTimeoutMs: 20 });
    const [detached, status] = [await first("detached"), await first("attached")];
    assert.ok(detached.kind === "detached" && status.kind === "attached");
    assert.match(detached.error.detail, /did not answer/);
    assert.equal(status.broker, address);
  });
});
