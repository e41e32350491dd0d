import assert from "node:assert/strict";
import { envelopeOverheadBytes } from "@exosphere/frames";
import {
  BrokerServiceService,
  decodeStatusDetails,
  type GetTopologyResponse,
  statusDetailsTrailer,
} from "@exosphere/proto";
import { AdminServiceClient } from "@exosphere/proto/clients";
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { describeBroker } from "../broker.contract.ts";
import * as core from "../core/limits.ts";
import { GrpcBus } from "./testing/grpc-bus.ts";
import { version2 } from "./testing/languages.ts";

describeBroker("Attach over gRPC", (routes, limits) => GrpcBus.start(routes, limits), 5);
describeBroker(
  "Attach over gRPC by version 2 of the protocol",
  (routes, limits) => GrpcBus.start(routes, limits, { language: version2 }),
  5,
);

describe("The broker's gRPC server", () => {
  let bus: GrpcBus | undefined;
  afterEach(() => bus?.stop());

  it("gives envelopes the room that their senders reckon with", () => {
    // The core imports nothing of the frames, so that it has it once more.
    assert.equal(core.envelopeOverheadBytes, envelopeOverheadBytes);
  });

  it("tells why it refuses an attachment", async () => {
    bus = await GrpcBus.start({ web: {} }, {}, { tokens: new Map([["web", ["sesame"]]]) });
    await assert.rejects(bus.attach("web"), /UNAUTHENTICATED/);
  });

  it("refuses what is larger than any frame may be, without harm to others", async () => {
    bus = await GrpcBus.start({ web: { sends: ["a"] }, sink: { receives: ["a"] } }, { maxPayloadBytes: 1000 });
    const [web, other, sink] = [await bus.attach("web"), await bus.attach("web"), await bus.attach("sink")];
    void web.publish("a", { payload: new Uint8Array(2 * 1024 * 1024) });
    assert.equal(await web.ended(), "status 8");
    assert.equal(await other.publish("a"), "ok");
    assert.equal((await sink.received()).length, 1);
  });

  it("says that its streams need no renewal", async () => {
    bus = await GrpcBus.start({ web: {} });
    const client = new Client(`127.0.0.1:${bus.port}`, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = BrokerServiceService.renew;
    const error = await new Promise<ServiceError | null>((resolve) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { secret: Buffer.of(1) }, resolve),
    );
    client.close();
    const details = error?.metadata.get(statusDetailsTrailer)[0];
    assert.ok(Buffer.isBuffer(details));
    assert.equal(decodeStatusDetails(details)?.reason, "INVALID_MESSAGE");
    assert.match(error?.details ?? "", /Do not call Renew/);
  });

  it("shows the whole bus to its own machine", async () => {
    bus = await GrpcBus.start({ web: { sends: ["a"] }, sink: { receives: ["a"] }, idle: {} });
    const [web, sink] = [await bus.attach("web", { id: "w" }), await bus.attach("sink", { id: "s", window: 1 })];
    await web.publish("a");
    await web.publish("a");
    await bus.advance(1500);
    await sink.received();
    const topology = await topologyAt(bus.port);
    assert.deepEqual(
      topology?.roles.map(({ role, instances, waitingMessages }) => [role, instances.length, waitingMessages]),
      [
        ["idle", 0, 0],
        ["sink", 1, 1],
        ["web", 1, 0],
      ],
    );
    assert.deepEqual(topology?.roles[1]?.instances, [
      { instanceId: "s", agent: "test", credit: 1, inFlight: 1, attachedMs: 1500 },
    ]);
  });
});

async function topologyAt(port: number): Promise<GetTopologyResponse["topology"]> {
  const client = new AdminServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const { promise, resolve, reject } = Promise.withResolvers<GetTopologyResponse>();
  client.getTopology({}, (error, response) => (error ? reject(error) : resolve(response)));
  return promise.then(({ topology }) => topology).finally(() => client.close());
}
