import assert from "node:assert/strict";
import { AdminServiceService } from "@exosphere/proto";
import { Server, ServerCredentials, type ServerWritableStream, type sendUnaryData, status } from "@grpc/grpc-js";
import { BusWatch, type WatchState } from "./bus-watch.ts";

describe("BusWatch", () => {
  it("names the setting where the broker asks for a token", async () => {
    const server = new Server();
    const refuse = (call: ServerWritableStream<unknown, unknown>) =>
      void call.emit("error", { code: status.UNAUTHENTICATED, details: "A token is needed." });
    const topology = (_: unknown, respond: sendUnaryData<never>) => respond({ code: status.UNIMPLEMENTED });
    server.addService(AdminServiceService, { watchStats: refuse, tap: refuse, getTopology: topology });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
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
