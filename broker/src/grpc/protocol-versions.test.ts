import assert from "node:assert/strict";
import { attachMethod } from "@exosphere/frames";
import { oldestProtocolVersion, protocolVersion } from "@exosphere/proto";
import { Client, type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import { GrpcBus } from "./testing/grpc-bus.ts";
import { readByV1, writtenByV1 } from "./testing/protocol-v1.ts";

const routes = {
  web: { sends: ["ask"], receives: ["answer"] },
  users: { sends: ["answer"], receives: ["ask"] },
};

/** An instance that knows bytes only. */
class RecordedInstance {
  readonly ended: Promise<unknown>;
  readonly #client: Client;
  readonly #call: ClientDuplexStream<Buffer, Buffer>;
  #received = Buffer.alloc(0);
  #wake = () => {};

  constructor(port: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    const asIs = (bytes: Buffer) => bytes;
    this.#call = this.#client.makeBidiStreamRequest(attachMethod.path, asIs, asIs);
    this.#call.on("data", (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      this.#call.on("end", () => resolve("in order"));
      this.#call.on("error", resolve);
    });
  }

  write(hex: string): void {
    this.#call.write(Buffer.from(hex, "hex"));
  }

  /** Waits until these bytes have come. mocha's timeout bounds the wait. */
  async gets(hex: string): Promise<void> {
    const wanted = Buffer.from(hex, "hex");
    while (!this.#received.includes(wanted)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#call.cancel();
    this.#client.close();
  }
}

describe("The versions of the attach protocol", () => {
  let bus: GrpcBus;
  const instances: RecordedInstance[] = [];
  const attach = () => {
    const instance = new RecordedInstance(bus.port);
    instances.push(instance);
    return instance;
  };

  beforeEach(async () => {
    bus = await GrpcBus.start(routes);
  });
  afterEach(async () => {
    for (const instance of instances.splice(0)) instance.close();
    await bus.stop();
  });

  it("are served from the one before the present one", () => {
    assert.deepEqual([oldestProtocolVersion, protocolVersion], [1, 2]);
  });

  it("let instances of version 1 ask, try again, answer and leave, byte for byte as ever", async () => {
    const [web, users] = [attach(), attach()];
    web.write(writtenByV1.registerWeb);
    await web.gets(readByV1.attached);
    await web.gets(readByV1.routesOfWeb);
    users.write(writtenByV1.registerUsers);
    await users.gets(readByV1.attached);
    await users.gets(readByV1.routesOfUsers);
    web.write(writtenByV1.ask);
    await web.gets(readByV1.confirmed);
    await users.gets(readByV1.asked);
    users.write(writtenByV1.notTaken);
    while (bus.delivered("users").retry !== 1) await new Promise((resolve) => setImmediate(resolve));
    await bus.advance(100);
    await users.gets(readByV1.askedAgain);
    users.write(writtenByV1.answer);
    await users.gets(readByV1.confirmed);
    await web.gets(readByV1.answered);
    users.write(writtenByV1.leave);
    web.write(writtenByV1.settleAndLeave);
    assert.deepEqual([await users.ended, await web.ended], ["in order", "in order"]);
  });
});
