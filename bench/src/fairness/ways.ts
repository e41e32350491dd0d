import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { connect as connectTcp, type Socket } from "node:net";
import { connect } from "@exosphere/sdk";
import { WebSocket } from "ws";
import type { Targets } from "./fair-stage.ts";
import { foreignToken } from "./foreign-token.ts";

/** A way to misbehave. */
interface Way {
  /** What the client does, for the table: "while another one …". */
  readonly what: string;
  /** Does so until the process ends. */
  readonly run: (targets: Targets) => void;
}

/** Where the client that misbehaves has its address: all of 127.0.0.0/8 is loopback on Linux. */
const localAddress = "127.0.0.66";

/** Ways to misbehave, by names without spaces. */
export const ways: Readonly<Record<string, Way>> = {
  nothing: { what: "does nothing (how much two measurements differ)", run: () => setInterval(() => {}, 1_000) },
  unconfirmed: {
    what: "never confirms what it is pushed",
    run: ({ gatewayPort }) => times(10, () => pushedTo(gatewayPort, { ack: true })),
  },
  vanished: {
    what: "loses its connections before it confirms",
    run({ gatewayPort }) {
      setInterval(() => {
        const socket = pushedTo(gatewayPort, { ack: true });
        setTimeout(() => socket.terminate(), 200);
      }, 50);
    },
  },
  absent: {
    what: "sends without a session what is answered later",
    run: ({ gatewayPort }) => flood(8, () => call(gatewayPort, "/v1/send/tell")),
  },
  sessions: {
    what: "opens sessions",
    run: ({ gatewayPort }) => flood(8, () => call(gatewayPort, "/v1/session")),
  },
  calls: {
    what: "calls as fast as it can",
    run: ({ gatewayPort }) => flood(32, () => call(gatewayPort, "/v1/request/ask")),
  },
  signatures: {
    what: "calls with tokens of another key (ES512)",
    run({ gatewayPort }) {
      const headers = { authorization: `Bearer ${foreignToken()}` };
      flood(32, () => call(gatewayPort, "/v1/send/tell", headers));
    },
  },
  bodies: {
    what: "sends 1,000 bodies of 1 MiB and ends none",
    run({ gatewayPort }) {
      const body = `${(1_000_000).toString(16)}\r\n${"x".repeat(1_000_000)}\r\n`;
      const head = "POST /v1/send/tell HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
      times(1_000, () => tcp(gatewayPort).write(head + body));
    },
  },
  connections: {
    what: "opens 2,000 connections and says nothing",
    run: ({ gatewayPort }) => times(2_000, () => tcp(gatewayPort)),
  },
  fragments: {
    what: "sends messages in fragments of a byte",
    run({ gatewayPort }) {
      const fragment = Buffer.from([0x00, 0x81, 0, 0, 0, 0, 120]);
      const fragments = Buffer.concat(new Array<Buffer>(1_000).fill(fragment));
      const open = () => {
        const socket = tcp(gatewayPort);
        const key = randomBytes(16).toString("base64");
        const lines = ["GET /v1/socket HTTP/1.1", "host: localhost", "connection: Upgrade", "upgrade: websocket"];
        socket.write([...lines, "sec-websocket-version: 13", `sec-websocket-key: ${key}`, "", ""].join("\r\n"));
        socket.once("data", () => {
          socket.write(Buffer.from([0x01, 0x81, 0, 0, 0, 0, 120]));
          for (let count = 0; count < 16; count += 1) socket.write(fragments);
        });
        socket.once("close", () => setTimeout(open, 10));
      };
      times(60, open);
    },
  },
  frames: {
    what: "sends frames as fast as it can",
    run({ gatewayPort }) {
      const open = () => {
        const socket = socketOf(gatewayPort);
        socket.once("open", () => {
          socket.send('{"type":"connect"}');
          const timer = setInterval(() => {
            if (socket.bufferedAmount < 100_000) times(50, () => socket.send('{"name":"tell","payload":0}'));
          }, 1);
          socket.once("close", () => clearInterval(timer));
        });
        // Also where its upgrade is refused.
        socket.once("close", () => setTimeout(open, 10));
      };
      times(5, open);
    },
  },
  role: {
    what: "is a role that floods a role without an instance",
    run({ brokerPort }) {
      const client = connect({ role: "flooding", broker: `127.0.0.1:${brokerPort}` });
      flood(256, () => client.send("lost", 0, { deadlineMs: 60_000 }));
    },
  },
};

function times(count: number, run: () => void): void {
  for (let index = 0; index < count; index += 1) run();
}

/** Repeats an action, several at a time, also after it failed. */
function flood(atOnce: number, run: () => Promise<unknown>): void {
  const again = () => void run().then(again, () => setTimeout(again, 1));
  times(atOnce, again);
}

function tcp(port: number): Socket {
  return connectTcp({ port, host: "127.0.0.1", localAddress }).on("error", () => {});
}

function socketOf(port: number): WebSocket {
  const url = `ws://127.0.0.1:${port}/v1/socket`;
  return new WebSocket(url, { perMessageDeflate: false, localAddress }).on("error", () => {});
}

/** A client that lets itself be pushed 50 messages a second. */
function pushedTo(port: number, wishes: object): WebSocket {
  const socket = socketOf(port);
  socket.once("open", () => {
    socket.send(JSON.stringify({ type: "connect", ...wishes }));
    const timer = setInterval(() => socket.send('{"name":"tell","payload":0}'), 20);
    socket.once("close", () => clearInterval(timer));
  });
  return socket;
}

/** A call over HTTP; resolves once its answer has come. */
function call(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", localAddress, method: "POST", path, headers }, (response) => {
      response.resume();
      response.once("end", resolve);
    });
    sent.once("error", reject);
    sent.end("0");
  });
}
