import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BrokerProcess } from "@exosphere/testkit";
import { BareClient, type CallError, registration } from "@exosphere/testkit/bare-client";
import { status } from "@grpc/grpc-js";

const routes = {
  web: { sends: ["get"], receives: ["got"] },
  users: { sends: ["got"], receives: ["get"], translations: [{ public: "got", internal: "got" }] },
};

function assertRefused(error: CallError | undefined, code: number, reason: string, details: RegExp): void {
  assert.ok(error, "the stream was ended in order");
  assert.equal(error.code, code, error.details);
  assert.match(error.details, details);
  assert.deepEqual([error.info?.reason, error.info?.domain], [reason, "exosphere"]);
}

describe("The gRPC port of a broker", () => {
  let broker: BrokerProcess;
  let client: BareClient;

  before(async () => {
    broker = await BrokerProcess.start({ routes });
  });
  beforeEach(() => {
    client = new BareClient(broker.port);
  });
  afterEach(() => client.close());
  after(() => broker.stop());

  describe("taking an instance in", () => {
    it("answers its registration, and tells it its routes", async () => {
      const call = client.attach().send(registration());
      const { attached, routes: slice } = await call.frameWith("attached");
      assert.deepEqual(
        { ...(attached as object), epoch: "", instance: 0, agent: "" },
        {
          protocol_version: 3,
          epoch: "",
          taken_through: "0",
          undecided: [],
          uncertain_through: "0",
          refusals: [],
          instance: 0,
          max_payload_bytes: 1024 * 1024,
          agent: "",
          secret: Buffer.alloc(0),
          renew_within_ms: "0",
        },
      );
      const { sends, receives } = (slice ?? (await call.frameWith("routes")).routes) as Record<string, object[]>;
      assert.deepEqual(sends, [{ number: 1, name: "get", has_receivers: true, durable: false }]);
      const unlimited = { durable: false, concurrency: 0, timeout_ms: "0" };
      assert.deepEqual(receives, [{ number: 2, name: "got", ...unlimited }]);
      call.cancel();
    });

    it("ends its stream in order when it leaves", async () => {
      const call = client.attach().send(registration());
      await call.frameWith("attached");
      call.send({ leave: {} });
      assert.equal(await call.ended, undefined);
    });

    it("refuses a first frame without a registration", async () => {
      for (const frame of [{}, { credit: { window: 5 } }, { done: [1] }]) {
        const error = await client.attach().send(frame).ended;
        assertRefused(error, status.INVALID_ARGUMENT, "INVALID_MESSAGE", /first frame .* registration/);
      }
    });

    it("refuses a frame with more parts than it takes, and goes on serving others", async () => {
      const [call, other] = [client.attach().send(registration()), client.attach().send(registration())];
      await Promise.all([call.frameWith("attached"), other.frameWith("attached")]);
      const empty = Buffer.from([58, 0]);
      const error = await call.send(Buffer.concat(Array.from({ length: 400_000 }, () => empty))).ended;
      assertRefused(error, status.INVALID_ARGUMENT, "INVALID_MESSAGE", /at most 4096 messages/);
      other.send({ first_sequence: "1", publishes: [{ name: 1, activity_id: Buffer.from("a") }] });
      await other.frameWith("confirmations");
    });

    it("refuses a second registration", async () => {
      const call = client.attach().send(registration());
      await call.frameWith("attached");
      const error = await call.send(registration()).ended;
      assertRefused(error, status.INVALID_ARGUMENT, "INVALID_MESSAGE", /Only the first frame/);
    });

    it("refuses versions of the protocol that it does not serve, and says which it does", async () => {
      for (const version of [0, 1, 4, 4_294_967_295]) {
        const error = await client.attach().send(registration({ protocol_version: version })).ended;
        assertRefused(
          error,
          status.INVALID_ARGUMENT,
          "INVALID_MESSAGE",
          new RegExp(`Version ${version} .* versions 2 to 3`),
        );
      }
    });

    it("refuses a role that the routes lack, and says which there are", async () => {
      for (const role of ["wbe", "", "__proto__"]) {
        const error = await client.attach().send(registration({ role })).ended;
        assertRefused(error, status.PERMISSION_DENIED, "NOT_ALLOWED", /There are: users, web/);
        assert.deepEqual(error?.info?.metadata, { role });
      }
    });

    it("refuses an instance id that is none", async () => {
      for (const instance_id of ["", "x".repeat(256)]) {
        const error = await client.attach().send(registration({ instance_id })).ended;
        assertRefused(error, status.INVALID_ARGUMENT, "INVALID_MESSAGE", /instance id of 1 to 255/);
      }
    });

    it("refuses bytes that are no frame, at the beginning and later", async () => {
      const garbage = [
        Buffer.from([0xff, 0xff, 0xff, 0xff]),
        Buffer.from([0x0a, 0x7f, 0x01]),
        Buffer.from("GET / HTTP/1.1"),
      ];
      for (const bytes of garbage) {
        assertRefused(await client.attach().send(bytes).ended, status.INVALID_ARGUMENT, "INVALID_MESSAGE", /no frame/);
        const call = client.attach().send(registration());
        await call.frameWith("attached");
        assertRefused(await call.send(bytes).ended, status.INVALID_ARGUMENT, "INVALID_MESSAGE", /no frame/);
      }
    });

    it("refuses a settlement without an outcome, and publishes without a sequence", async () => {
      const publish = { name: 1, activity_id: Buffer.from("a"), envelope: Buffer.alloc(0) };
      for (const frame of [{ settlements: [{ delivery: 1 }] }, { publishes: [publish] }]) {
        const call = client.attach().send(registration());
        await call.frameWith("attached");
        assertRefused(await call.send(frame).ended, status.INVALID_ARGUMENT, "INVALID_MESSAGE", /./);
      }
    });

    it("refuses publishes one by one: the stream lives on", async () => {
      const activity_id = Buffer.from("a");
      const call = client.attach().send(registration());
      await call.frameWith("attached");
      call.send({
        first_sequence: 1,
        publishes: [
          { name: 99, activity_id },
          { name: 1, activity_id: Buffer.alloc(0) },
          { name: 1, activity_id: Buffer.alloc(2000, "x") },
          { name: 1, activity_id, envelope: Buffer.alloc(1024 * 1024 + 65 * 1024) },
          { name: 1, activity_id },
        ],
      });
      const { refusals, confirmations } = await call.frameWith("confirmations");
      assert.deepEqual(confirmations, [{ first: "1", last: "5" }]);
      assert.deepEqual(
        (refusals as { sequence: string; reason: string }[]).map(({ sequence, reason }) => [sequence, reason]),
        [
          ["1", "NOT_ALLOWED"],
          ["2", "INVALID_MESSAGE"],
          ["3", "INVALID_MESSAGE"],
          ["4", "PAYLOAD_TOO_LARGE"],
        ],
      );
      call.cancel();
    });

    it("is not disturbed by deliveries that do not exist", async () => {
      const call = client.attach().send(registration());
      await call.frameWith("attached");
      call.send({
        done: [1, 2, 3],
        settlements: [{ delivery: 9, outcome: "OUTCOME_DEAD" }],
        abandoned: [7],
        topology_query: {},
      });
      await call.frameWith("topology");
      call.cancel();
    });
  });

  it("says SERVING to gRPC's health protocol, for itself and each of its services", async () => {
    for (const service of ["", "exosphere.exocom.v1.BrokerService", "exosphere.exocom.v1.AdminService"]) {
      assert.deepEqual(await client.health(service), { status: "SERVING" });
    }
    await assert.rejects(client.health("no.such.Service"), { code: status.NOT_FOUND });
  });

  it("lists its services by reflection", async () => {
    const services = await client.services();
    for (const service of ["exosphere.exocom.v1.BrokerService", "exosphere.exocom.v1.AdminService"]) {
      assert.ok(services.includes(service), String(services));
    }
  });

  it("tells who is attached", async () => {
    const call = client.attach().send(registration({ instance_id: "me", agent: "test/1", credit: 10 }));
    await call.frameWith("attached");
    const { topology } = (await client.topology()) as { topology: { roles: Record<string, unknown>[] } };
    assert.deepEqual(
      topology.roles.map(({ role }) => role),
      ["users", "web"],
    );
    const [instance] = (topology.roles[1]?.instances ?? []) as Record<string, unknown>[];
    assert.deepEqual([instance?.instance_id, instance?.agent, instance?.credit], ["me", "test/1", 10]);
    call.cancel();
  });
});

describe("A connection to a broker", () => {
  it("has room for a hundred streams, also once it carries an attach stream", async () => {
    const broker = await BrokerProcess.start({ routes });
    const session = connect(`http://127.0.0.1:${broker.port}`);
    try {
      await once(session, "remoteSettings");
      assert.equal(session.remoteSettings.maxConcurrentStreams, 100);
      const path = "/exosphere.exocom.v1.BrokerService/Attach";
      const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };
      const stream = session.request(headers);
      // It does not register, and is refused for that.
      const [response] = (await once(stream, "response")) as [Record<string, unknown>];
      assert.equal(response["grpc-status"], String(status.INVALID_ARGUMENT));
      assert.equal(session.remoteSettings.maxConcurrentStreams, 100);
      const text = await (await fetch(`${broker.admin}/metrics`)).text();
      assert.match(text, /^exocom_connections 1$/m);
    } finally {
      session.destroy();
      await broker.stop();
    }
  });
});

describe("A broker with tokens", () => {
  let folder: string;
  let broker: BrokerProcess;
  let client: BareClient;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "exo-tokens-"));
    writeFileSync(join(folder, "tokens.yml"), "web: the web's token\n");
    writeFileSync(join(folder, "admin"), "admin-token\n");
    const files = ["--attach-tokens", join(folder, "tokens.yml"), "--admin-token-file", join(folder, "admin")];
    broker = await BrokerProcess.start({ routes, args: files });
    client = new BareClient(broker.port);
  });
  after(async () => {
    client.close();
    await broker.stop();
    rmSync(folder, { recursive: true });
  });

  it("takes a role in with its own token only", async () => {
    const call = client.attach().send(registration({ token: "the web's token" }));
    await call.frameWith("attached");
    call.cancel();
    for (const [role, token] of [
      ["web", ""],
      ["web", "the web's toke"],
      ["users", "the web's token"],
      ["users", ""],
      ["nobody", "no such role"],
    ]) {
      const error = await client.attach().send(registration({ role, token })).ended;
      assertRefused(error, status.UNAUTHENTICATED, "UNAUTHENTICATED", new RegExp(`Role '${role}' needs its own`));
    }
  });

  it("shows its topology with the admin's token only", async () => {
    for (const authorization of [undefined, "Bearer wrong", "admin-token"]) {
      await assert.rejects(client.topology(authorization), (error: CallError) => {
        assertRefused(error, status.UNAUTHENTICATED, "UNAUTHENTICATED", /admin token/);
        return true;
      });
    }
    assert.ok((await client.topology("Bearer admin-token")).topology);
  });

  it("writes no token into its log", () => {
    assert.doesNotMatch(broker.stdout.join("\n"), /web's tok|admin-token/);
  });
});
