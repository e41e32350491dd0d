import assert from "node:assert/strict";
import { type AttachRequest, type AttachResponse, Delivery, newAttachResponse } from "@exosphere/proto";
import { Client, credentials, Server, type ServerDuplexStream } from "@grpc/grpc-js";
import { attachMethod } from "./attach-method.ts";
import { bound } from "./bound-server.fixture.ts";
import { servedAttachMethod } from "./served-attach-method.ts";

describe("servedAttachMethod", () => {
  it("sends frames of one tick each as it was, though all are encoded into the same memory", async () => {
    // Of all sizes: within one DATA frame of HTTP/2, over several, and more than its window lets through at once.
    const frames = [10, 20_000, 300, 100_000, 5].map((length, index) => ({
      ...newAttachResponse(),
      firstDelivery: index + 1,
      deliveries: [deliveryOf(`${index}`.repeat(length))],
    }));
    const server = new Server();
    const attach = (call: ServerDuplexStream<AttachRequest, AttachResponse>) => {
      call.resume();
      for (const frame of frames) call.write(frame);
      call.end();
    };
    server.addService({ attach: servedAttachMethod }, { attach });
    const client = new Client(`127.0.0.1:${await bound(server)}`, credentials.createInsecure());
    try {
      const { path, requestSerialize, responseDeserialize } = attachMethod;
      const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
      const got: { readonly firstDelivery: number; readonly envelope: string }[] = [];
      for await (const { firstDelivery, deliveries } of stream as AsyncIterable<AttachResponse>)
        got.push({ firstDelivery, envelope: textOf(deliveries) });
      const sent = frames.map(({ firstDelivery, deliveries }) => ({ firstDelivery, envelope: textOf(deliveries) }));
      assert.deepEqual(got, sent);
    } finally {
      client.close();
      server.forceShutdown();
    }
  });
});

function deliveryOf(text: string): Delivery {
  return { ...Delivery.decode(new Uint8Array()), name: 1, envelope: Buffer.from(text) };
}

function textOf([delivery]: AttachResponse["deliveries"]): string {
  return Buffer.from(delivery?.envelope ?? []).toString();
}
