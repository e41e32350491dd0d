// What connected clients cost the gateway, and how soon all of them have a message: `npm run bench:gateway -- [clients]`.
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts, SupervisedProcess, Watchdog } from "@exosphere/process";
import { connect } from "@exosphere/sdk";
import { WebSocket } from "ws";

/** As many as the goal says, unless told otherwise. */
const clientCount = Number(process.argv[2] ?? 5000);
/** Messages to all clients, one after the other. */
const rounds = 20;
/** Clients that connect at the same time: more, and the queue of the port is what is measured. */
const atOnce = 50;

const secret = "the secret of a benchmark, which is no secret";
const folder = mkdtempSync(join(tmpdir(), "exo-bench-gateway-"));
const watchdog = new Watchdog();
const [brokerPort, brokerAdmin, port, adminPort] = (await freePorts(4)) as [number, number, number, number];

function launch(specifier: string, args: readonly string[], env: Record<string, string> = {}): SupervisedProcess {
  const command = [
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(import.meta.resolve(specifier)),
  ];
  const launched = new SupervisedProcess({
    command: [...command, ...args, "--log-level", "error"],
    env: { PATH: process.env.PATH, ...env },
    restart: false,
    watchdog,
    onEvent: (event) => event.kind === "line" && process.stderr.write(`${event.text}\n`),
  });
  launched.start();
  return launched;
}

async function ready(admin: number): Promise<void> {
  while ((await fetch(`http://127.0.0.1:${admin}/readyz`).catch(() => undefined))?.status !== 200)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Resident memory of a process, in bytes. */
function residentBytes(pid: number): number {
  const [, kibibytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}

function token(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub: "everybody", aud: "bench", iss: "bench", exp: Math.floor(Date.now() / 1000) + 3600 };
  const text = `${part({ alg: "HS256" })}.${part(claims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

let received = (): void => {};

function openClient(jwt: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/socket`, { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("open", () => socket.send(JSON.stringify({ type: "connect", token: jwt })));
    socket.once("message", () => {
      resolve(socket);
      socket.on("message", () => received());
    });
  });
}

function quantile(sorted: readonly number[], share: number): string {
  return `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)} ms`;
}

writeFileSync(join(folder, "secret"), secret);
writeFileSync(join(folder, "rules.json"), JSON.stringify({ role: "clients", clients: { users: { receives: "all" } } }));
const routes = { clients: { receives: ["news"], sends: [] }, server: { receives: [], sends: ["news"] } };
const broker = launch("@exosphere/broker/bin", ["serve", "--port", `${brokerPort}`, "--admin-port", `${brokerAdmin}`], {
  SERVICE_DATA: JSON.stringify(routes),
});
const gateway = launch("@exosphere/gateway/bin", [
  ...["--rules", join(folder, "rules.json"), "--broker", `127.0.0.1:${brokerPort}`, "--port", `${port}`],
  ...["--admin-port", `${adminPort}`, "--jwt-secret-file", join(folder, "secret"), "--jwt-algorithms", "HS256"],
  ...["--jwt-issuer", "bench", "--jwt-audience", "bench", "--max-connections", "20000"],
  ...["--address-connections", "20000", "--user-connections", "20000", "--address-requests", "100000"],
  ...["--user-requests", "100000", "--address-tcp-connections", "20000"],
]);
const clients: WebSocket[] = [];
const server = connect({ role: "server", broker: `127.0.0.1:${brokerPort}` });
try {
  await ready(adminPort);
  await server.ready();
  const before = residentBytes(gateway.pid as number);
  const jwt = token();
  const startedMs = performance.now();
  while (clients.length < clientCount) {
    const some = Math.min(atOnce, clientCount - clients.length);
    clients.push(...(await Promise.all(Array.from({ length: some }, () => openClient(jwt)))));
  }
  const connectMs = performance.now() - startedMs;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const after = residentBytes(gateway.pid as number);
  const latencies: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const sentMs = performance.now();
    let count = 0;
    await new Promise<void>((resolve) => {
      received = () => {
        latencies.push(performance.now() - sentMs);
        count += 1;
        if (count === clients.length) resolve();
      };
      void server.send("news", { text: "x".repeat(150) }, { auth: { user: "everybody" } });
    });
    whole.push(performance.now() - sentMs);
  }
  latencies.sort((a, b) => a - b);
  whole.sort((a, b) => a - b);
  const end = residentBytes(gateway.pid as number);
  const perClient = (bytes: number) => `${((bytes - before) / clients.length / 1024).toFixed(1)} KiB`;
  const rows = [
    ["connected clients", `${clients.length}`],
    ["connecting, with a token each", `${Math.round(clients.length / (connectMs / 1000))} a second`],
    ["memory of the gateway without clients", `${Math.round(before / 1024 / 1024)} MiB`],
    ["memory per client, idle", perClient(after)],
    [`memory per client, after ${rounds} messages of 200 bytes, which its window keeps`, perClient(end)],
    ["one message to all of them, until a client has it: median", quantile(latencies, 0.5)],
    ["the same: p99", quantile(latencies, 0.99)],
    ["until the last one has it: median of the rounds", quantile(whole, 0.5)],
  ];
  for (const [name = "", value = ""] of rows) process.stdout.write(`${name.padEnd(78)} ${value.padStart(14)}\n`);
} finally {
  for (const client of clients) client.terminate();
  server.close();
  await gateway.stop(10_000);
  await broker.stop(10_000);
  await watchdog.close();
  rmSync(folder, { recursive: true });
}
