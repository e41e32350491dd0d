import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachMethod, socketPreface } from "@exosphere/frames";
import type { AttachRequest, AttachResponse } from "@exosphere/proto";
import { newAttached, newAttachResponse, newRouteSlice } from "@exosphere/proto";
import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { Link } from "./link.ts";
import type { LinkStatus } from "./link-status.ts";

describe("dialByScheme", () => {
  it("speaks gRPC to what does not know the frames alone, on a unix socket as well", async () => {
    const folder = mkdtempSync(join(tmpdir(), "exo-dial-"));
    const address = `unix:${join(folder, "socket")}`;
    const server = new Server();
    const attached = {
      protocolVersion: 1,
      epoch: "e",
      takenThrough: 0,
      undecided: [],
      refusals: [],
      uncertainThrough: 0,
    };
    const attach = (call: ServerDuplexStream<AttachRequest, AttachResponse>) => {
      call.on("error", () => {});
      call.write(
        newAttachResponse({
          attached: newAttached({ ...attached, instance: 1, maxPayloadBytes: 1, agent: "proxy" }),
          routes: newRouteSlice({ revision: 1 }),
        }),
      );
    };
    server.addService({ attach: attachMethod }, { attach });
    await new Promise<void>((resolve, reject) =>
      server.bindAsync(address, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve())),
    );
    const seen: LinkStatus["kind"][] = [];
    const options = { brokers: [address], role: "web", instanceId: "i", minBackoffMs: 1, maxBackoffMs: 1 };
    const link = await new Promise<Link>((resolve) => {
      const opening: Link = new Link(options, {
        delivery() {},
        status({ kind }) {
          seen.push(kind);
          if (kind === "attached") resolve(opening);
        },
      });
    });
    link.close();
    server.forceShutdown();
    rmSync(folder, { recursive: true });
    assert.deepEqual(seen.slice(0, 2), ["detached", "attached"]);
  });

  for (const [what, bytes, detail] of [
    ["is longer than it takes", [0, 0x7f, 0, 0, 0], /longest/],
    ["is no frame", [0, 0, 0, 0, 1, 7], /no frame/],
  ] as const) {
    it(`holds it against nobody who sends that what came ${what}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "exo-dial-"));
      const path = join(folder, "socket");
      const server = createServer((socket) => {
        socket.on("error", () => {});
        socket.resume();
        socket.write(Buffer.concat([socketPreface, Buffer.from(bytes)]));
      });
      await new Promise<void>((resolve) => server.listen({ path }, resolve));
      const options = { brokers: [`unix:${path}`], role: "web", instanceId: "i" };
      const { link, status } = await new Promise<{ link: Link; status: LinkStatus }>((resolve) => {
        const opening: Link = new Link(options, {
          delivery() {},
          status: (each) => resolve({ link: opening, status: each }),
        });
      });
      const ids = { id: "i", activityId: "a", responseTo: "", traceparent: "", tracestate: "" };
      let refused: Error | undefined;
      link.send({ ...ids, name: "told", payload: "", auth: "", deadlineMs: 0 }, (error) => {
        refused = error;
      });
      const atOnce = refused;
      link.close();
      server.close();
      rmSync(folder, { recursive: true });
      assert.equal(atOnce, undefined);
      assert.ok(status.kind === "detached");
      assert.equal(status.error.reason, "BROKER_UNAVAILABLE");
      assert.match(status.error.detail, detail);
    });
  }
});
