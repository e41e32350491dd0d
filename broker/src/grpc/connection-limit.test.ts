import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { ConnectionLimit } from "./connection-limit.ts";

/** A connection as Node tells of it. */
class FakeSocket extends EventEmitter {
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort = 4711;
  isDestroyed = false;

  constructor(remoteAddress: string, localPort = 4100) {
    super();
    this.remoteAddress = remoteAddress;
    this.localPort = localPort;
    channel("net.server.socket").publish({ socket: this });
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

describe("ConnectionLimit", () => {
  const start = () => {
    // 1,002 connections, of which an address has 501.
    const limit = new ConnectionLimit(2);
    return { limit, unwatch: limit.watch(4100) };
  };
  const connect = (count: number, addressOf: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => new FakeSocket(addressOf(index)));
  const destroyed = (sockets: readonly FakeSocket[]) => sockets.filter(({ isDestroyed }) => isDestroyed).length;

  it("closes what is beyond the part of an address, an IPv6 network counting as one, and takes others", () => {
    const { limit, unwatch } = start();
    const flood = connect(600, (index) => `2001:db8::${index.toString(16)}`);
    const other = new FakeSocket("2001:db8:0:1::1");
    assert.deepEqual([destroyed(flood), other.isDestroyed, limit.open, limit.refused], [99, false, 502, 99]);
    flood[0]?.emit("close");
    assert.equal(new FakeSocket("2001:db8::beef").isDestroyed, false);
    unwatch();
  });

  it("closes what is beyond all that there may be, and lets this machine have them all", () => {
    const { limit, unwatch } = start();
    const own = connect(1003, () => "127.0.0.1");
    assert.deepEqual([destroyed(own), limit.open, limit.refused], [1, 1002, 1]);
    unwatch();
  });

  it("counts the connections of its port alone, and none once it is over", () => {
    const { limit, unwatch } = start();
    new FakeSocket("192.0.2.1", 4101);
    unwatch();
    new FakeSocket("192.0.2.1");
    assert.equal(limit.open, 0);
  });
});
