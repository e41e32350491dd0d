import assert from "node:assert/strict";
import { attachMethod } from "@exosphere/frames";
import { oldestProtocolVersion, protocolVersion } from "@exosphere/proto";
import { Client, type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import { GrpcBus } from "./testing/grpc-bus.ts";
import { readByV2, secretOfBroker, writtenByV2 } from "./testing/protocol-v2.ts";

const routes = {
  web: { sends: ["ask", "tell"], receives: ["answer", "who"] },
  users: { sends: ["answer", "who"], receives: ["ask", "tell"] },
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
    bus = await GrpcBus.start(routes, {}, { secret: secretOfBroker });
  });
  afterEach(async () => {
    for (const instance of instances.splice(0)) instance.close();
    await bus.stop();
  });

  it("are served from the one before the present one", () => {
    assert.deepEqual([oldestProtocolVersion, protocolVersion], [2, 3]);
  });

  it("let instances of version 2 ask, try again, ask back, answer and leave, byte for byte as ever", async () => {
    const [web, users] = [attach(), attach()];
    web.write(writtenByV2.registerWeb);
    for (const part of ["attached", "webAttached", "routesOfWeb"] as const) await web.gets(readByV2[part]);
    users.write(writtenByV2.registerUsers);
    for (const part of ["attached", "usersAttached", "routesOfUsers"] as const) await users.gets(readByV2[part]);
    web.write(writtenByV2.ask);
    await web.gets(readByV2.confirmed[0]);
    await users.gets(readByV2.asked);
    users.write(writtenByV2.notTaken);
    while (bus.delivered("users").retry !== 1) await new Promise((resolve) => setImmediate(resolve));
    await bus.advance(100);
    await users.gets(readByV2.askedAgain);
    users.write(writtenByV2.askBack);
    await users.gets(readByV2.confirmed[0]);
    await web.gets(readByV2.askedBack);
    web.write(writtenByV2.askMore);
    await users.gets(readByV2.askedMore);
    web.write(writtenByV2.tell);
    await web.gets(readByV2.confirmed[2]);
    await users.gets(readByV2.told);
    users.write(writtenByV2.answer);
    await users.gets(readByV2.confirmed[1]);
    await web.gets(readByV2.answered);
    users.write(writtenByV2.leave);
    web.write(writtenByV2.settleAndLeave);
    assert.deepEqual([await users.ended, await web.ended], ["in order", "in order"]);
  });
});
