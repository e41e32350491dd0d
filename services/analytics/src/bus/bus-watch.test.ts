import assert from "node:assert/strict";
import { AdminServiceService, type WatchStatsResponse } from "@exosphere/proto";
import { Server, ServerCredentials, type ServerWritableStream, type sendUnaryData, status } from "@grpc/grpc-js";
import { BusWatch, type WatchState } from "./bus-watch.ts";

type Watched = ServerWritableStream<unknown, WatchStatsResponse>;

/** A broker's admin service that answers statistics by `watchStats`, and its port. */
async function adminServer(watchStats: (call: Watched) => void): Promise<{ server: Server; port: number }> {
  const server = new Server();
  const tap = () => {};
  const getTopology = (_: unknown, respond: sendUnaryData<never>) => respond({ code: status.UNIMPLEMENTED });
  server.addService(AdminServiceService, { watchStats, tap, getTopology });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { server, port };
}

describe("BusWatch", () => {
  it("says that a broker which hangs is away, though its connection is open, and asks it again", async () => {
    const asked: Watched[] = [];
    const again = Promise.withResolvers<void>();
    const { server, port } = await adminServer((call) => {
      asked.push(call);
      call.write({
        epoch: "e",
        atMs: 1,
        revision: 1,
        bounds: [],
        roles: [],
        unknownPublished: 0,
        taps: 0,
        tapDropped: 0,
      });
      if (asked.length === 2) again.resolve();
    });
    const states: WatchState[] = [];
    const watch = new BusWatch({
      brokers: [`127.0.0.1:${port}`],
      tap: undefined,
      statsIntervalMs: 1_000,
      silentMs: 300,
      onTap() {},
      onStats() {},
      onState: (state) => states.push(state),
    });
    await again.promise;
    watch.close();
    server.forceShutdown();
    const lost = states.find(({ isConnected }) => !isConnected);
    assert.equal(lost?.problem, `The broker at 127.0.0.1:${port} has been silent for 0.3 s.`);
  });

  it("names the setting where the broker asks for a token", async () => {
    const { server, port } = await adminServer((call) => {
      call.emit("error", { code: status.UNAUTHENTICATED, details: "A token is needed." });
    });
    const told = Promise.withResolvers<WatchState>();
    const watch = new BusWatch({
      brokers: [`127.0.0.1:${port}`],
      tap: undefined,
      statsIntervalMs: 1_000,
      onTap() {},
      onStats() {},
      onState: told.resolve,
    });
    const { problem } = await told.promise;
    watch.close();
    server.forceShutdown();
    assert.equal(problem, "A token is needed. Give the broker's admin token with --admin-token-file.");
  });
});
