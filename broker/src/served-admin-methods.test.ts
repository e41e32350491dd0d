import assert from "node:assert/strict";
import type { AdminServiceServer } from "@exosphere/proto";
import { Metadata } from "@grpc/grpc-js";
import { AdminService } from "./admin/admin-service.ts";
import type { TapHub } from "./admin/tap-hub.ts";
import { FakeClock } from "./core/fake-clock.ts";
import { malformedRequest, servedAdminMethods } from "./served-admin-methods.ts";

describe("the methods of the admin service", () => {
  for (const [name, { requestDeserialize }] of Object.entries(servedAdminMethods))
    it(`${name} takes bytes that are not its request for what they are`, () => {
      assert.equal(requestDeserialize(Buffer.from("ffff", "hex")), malformedRequest);
      assert.notEqual(requestDeserialize(Buffer.alloc(0)), malformedRequest);
    });

  it("refuse such a request with INVALID_MESSAGE, not INTERNAL", () => {
    const unreachable = () => assert.fail("it is refused before");
    const options = { clock: new FakeClock(), topology: unreachable, stats: unreachable, tokens: undefined };
    const handlers: AdminServiceServer = new AdminService({ ...options, hub: {} as TapHub }).handlers();
    const refused: string[] = [];
    const call = {
      request: malformedRequest,
      metadata: new Metadata(),
      getPeer: () => "127.0.0.1:1",
      on: () => call,
      emit: (_: string, error: { details: string }) => refused.push(error.details),
    };
    handlers.getTopology(call as never, (error) => refused.push(error?.details ?? ""));
    handlers.tap(call as never);
    handlers.watchStats(call as never);
    assert.deepEqual(refused, Array(3).fill("What came is not a request of this method."));
  });
});
