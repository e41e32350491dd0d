import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { freePorts } from "@exosphere/runtime/process";
import { frameOf, metricsOf, ProcessUnderTest } from "@exosphere/runtime/testing";
import { Bus } from "./kit/bus.ts";

const bus = await Bus.start();
bus.server.handle("ask", ({ payload }) => ({
  name: "answered",
  payload: payload === "big" ? "x".repeat(900_000) : payload,
}));
bus.server.handle("tell", () => {});
const [port, adminPort] = (await freePorts(2)) as [number, number];
const p = new ProcessUnderTest({
  env: { NODE_OPTIONS: "--require /tmp/agw/trace.cjs" },
  entry: new URL("../src/bin.ts", import.meta.url),
  args: [
    ...bus.gatewayArguments.filter((a) => a !== "error").map((a) => (a === "--log-level" ? "--log-level=debug" : a)),
    "--port",
    `${port}`,
    "--admin-port",
    `${adminPort}`,
  ],
});
await p.answers(`http://127.0.0.1:${adminPort}/readyz`);
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
const stat = async () => {
  const m = await metricsOf(`http://127.0.0.1:${adminPort}`);
  return {
    rss: Math.round(
      (m.get("process_resident_memory_bytes") ?? [...m].find(([k]) => k.includes("resident"))?.[1] ?? 0) / 1e6,
    ),
    cpu: [...m].find(([k]) => k.includes("cpu_seconds_total") || k.includes("cpu_user"))?.[1],
    heap: Math.round(([...m].find(([k]) => k.includes("heap_size_used"))?.[1] ?? 0) / 1e6),
    waiting: m.get("exo_gateway_client_waiting_bytes"),
    clients: m.get('exo_gateway_clients{transport="websocket"}'),
    sessions: m.get("exo_gateway_sessions"),
  };
};
const upgrade = [
  "GET /v1/socket HTTP/1.1",
  "host: localhost",
  "connection: upgrade",
  "upgrade: websocket",
  "sec-websocket-version: 13",
  "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  "",
  "",
].join("\r\n");
const tcp = () => connect(port, "127.0.0.1").on("error", () => {}) as Socket;
async function ws() {
  const s = tcp();
  s.write(upgrade);
  await once(s, "data");
  s.write(frameOf('{"type":"connect"}'));
  return s;
}
const which = process.argv.slice(2);
const tests: Record<string, () => Promise<void>> = {
  async pings() {
    const s = await ws();
    s.on("data", (d) => console.log("got", d.length, d.subarray(0, 90).toString("latin1")));
    s.on("error", (e) => console.log(String(e)));
    let open = true;
    const t0 = Date.now();
    s.on("close", () => {
      open = false;
      console.log("closed after", Date.now() - t0, s.bytesWritten, s.bytesRead);
    });
    const chunk = Buffer.concat(
      new Array<Buffer>(1000).fill(frameOf("x".repeat(Number(process.env.L ?? 125)), { opcode: 9 })),
    );
    let sent = 0;
    const end = Date.now() + 6000;
    while (open && Date.now() < end) {
      if (!s.write(chunk)) {
        await Promise.race([once(s, "drain").catch(() => {}), sleep(1000)]);
      }
      sent += 1000;
    }
    console.log("pings sent", sent, "open", open, await stat());
    s.destroy();
  },
  async pongs() {
    const s = await ws();
    let open = true;
    s.on("close", () => {
      open = false;
    });
    s.resume();
    const chunk = Buffer.concat(new Array<Buffer>(1000).fill(frameOf("", { opcode: 10 })));
    let sent = 0;
    const end = Date.now() + 5000;
    while (open && Date.now() < end) {
      if (!s.write(chunk)) {
        await Promise.race([once(s, "drain").catch(() => {}), sleep(1000)]);
      }
      sent += 1000;
    }
    console.log("pongs sent", sent, "open", open, await stat());
    s.destroy();
  },
  async unread() {
    const sockets: Socket[] = [];
    for (let i = 0; i < 100; i++) {
      const s = tcp();
      s.pause();
      sockets.push(s);
      for (let k = 0; k < 5; k++)
        s.write('POST /v1/request/ask HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\n"big"');
      await sleep(10);
    }
    for (let i = 0; i < 8; i++) {
      await sleep(1000);
      console.log("unread", await stat(), "open", sockets.filter((s) => !s.destroyed).length);
    }
    for (const s of sockets) s.destroy();
  },
  async upgradeBehind() {
    const s = tcp();
    let text = "";
    s.on("data", (d) => {
      text += d;
    });
    s.write(`POST /v1/request/ask HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\n\r\n1${upgrade}`);
    await sleep(500);
    s.write(frameOf('{"type":"connect"}'));
    await sleep(500);
    console.log("upgrade behind a request:", JSON.stringify(text.slice(0, 900)));
    s.destroy();
  },
  async odd() {
    for (const t of [
      `POST /v1/send/tell HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\n`,
      `POST /v1/send/tell HTTP/1.1\r\nhost: localhost\r\nexpect: magic\r\ncontent-length: 1\r\n\r\n1`,
      `POST /v1/send/nope HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\n`,
      `OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      `CONNECT x:1 HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      `HEAD /v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      `TRACE / HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      `GET /v1/socket HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      `GET http://evil/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      `GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n${"a: b\r\n".repeat(2500)}\r\n`,
      `POST /v1/send/tell HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n1`,
      `GET /openapi.json HTTP/1.1\r\n\r\n`,
      `POST /v1/send/%ff%00 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\n\r\n1`,
    ]) {
      const s = tcp();
      let text = "";
      s.on("data", (d) => {
        text += d;
      });
      s.write(t);
      await sleep(150);
      console.log(
        JSON.stringify(t.slice(0, 60)),
        "=>",
        JSON.stringify(text.split("\r\n\r\n")[0]?.split("\r\n")[0]),
        text.split("\r\n\r\n").slice(1).join("|").slice(0, 160),
      );
      s.destroy();
    }
  },
  async deep() {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    for (const [path, headers] of [
      ["/v1/send/tell", {}],
      ["/v1/request/ask", {}],
      ["/v1/ack", {}],
      ["/v1/session", {}],
    ] as const) {
      const r = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body: deep, headers });
      console.log(path, r.status, (await r.text()).slice(0, 120));
    }
    for (const f of [
      `{"name":"ask","request":true,"ref":1,"payload":${deep}}`,
      `{"type":"subscribe","names":${deep}}`,
      `{"type":"connect","names":${deep}}`,
      `{"name":"tell","ref":${deep}}`,
      `{"type":"ack","offset":${deep}}`,
      deep,
    ]) {
      const s = await ws();
      let text = "";
      s.on("data", (d) => {
        text += d;
      });
      s.write(frameOf(f));
      await sleep(300);
      console.log(
        f.slice(0, 40),
        "=>",
        text
          .slice(0, 500)
          .replace(/\[{50,}.*/, "[[…")
          .slice(-200),
      );
      s.destroy();
    }
  },
  async rst() {
    console.log("before", await stat());
    for (let b = 0; b < 20; b++) {
      const all: Socket[] = [];
      for (let i = 0; i < 100; i++) {
        const s = connect({ port, host: "127.0.0.1", localAddress: `127.0.${b}.${i + 1}` }).on("error", () => {});
        s.write(upgrade);
        all.push(s);
        s.once("data", () => s.write(frameOf('{"type":"connect"}')));
      }
      await sleep(400);
      for (const s of all) s.resetAndDestroy();
    }
    await sleep(500);
    console.log("after", await stat());
  },
};
for (const name of which) {
  try {
    await tests[name]?.();
  } catch (e) {
    console.log(name, e);
  }
}
console.log("end", await stat().catch((e) => String(e)));
console.log(p.stdout.slice(-6).join("\n"), p.stderr.slice(-5));
await p.stop();
await bus.stop();
process.exit(0);
