import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "@exosphere/runtime/process";
import { Part } from "./part.ts";

/** Something that is measured, by the process of it that asks. */
export interface Subject {
  readonly name: string;
  readonly requester: Part;
}

/** Everything that was started, so that it ends with the benchmark, also when a start fails half way. */
const started: { stop(): void }[] = [];

/** Ends every process of every subject. */
export function stopSubjects(): void {
  for (const part of started.splice(0).reverse()) part.stop();
}

async function startPart(part: string, options: object = {}): Promise<Part> {
  const begun = await Part.start(part, options);
  started.push(begun);
  return begun;
}

const routes = JSON.stringify({
  requester: { sends: ["ping"], receives: ["pong"], translations: [] },
  replier: { sends: ["pong"], receives: ["ping"], translations: [] },
});

/** The limit: a bare batched relay, requester → relay → replier and back. */
export async function relaySubject(): Promise<Subject> {
  const { port } = (await startPart("relay")).said;
  const address = `127.0.0.1:${port}`;
  await startPart("relay-replier", { address });
  const requester = await startPart("relay-requester", { address });
  return { name: "bare grpc-js relay", requester };
}

/** The broker, with a bare client on the attach stream at both ends: the same hops as the relay. */
export async function streamSubject(): Promise<Subject> {
  return brokerSubject("attach stream, bare", "bare");
}

/** The same with the link that sidecars and the SDK stand on: ids, outbox, deadlines. */
export async function linkSubject(): Promise<Subject> {
  return brokerSubject("attach stream, link", "link");
}

async function brokerSubject(name: string, ends: string): Promise<Subject> {
  const broker = await startBroker();
  await startPart(`${ends}-replier`, { port: broker.port });
  const requester = await startPart(`${ends}-requester`, { port: broker.port });
  return { name, requester };
}

/** The limit of the next: the bare relay over as many hops, the first and the last of them unix sockets. */
export async function relayOfThreeSubject(): Promise<Subject> {
  const { port } = (await startPart("relay")).said;
  const folder = socketFolder();
  const [near, far] = [`unix:${join(folder, "near")}`, `unix:${join(folder, "far")}`];
  await startPart("relay-hop", { address: far, port });
  await startPart("relay-hop", { address: near, port });
  await startPart("relay-replier", { address: far });
  const requester = await startPart("relay-requester", { address: near });
  return { name: "relay, relay, relay", requester };
}

/** The SDK at both ends, each behind a sidecar's unix socket. */
export async function sdkSubject(): Promise<Subject> {
  const broker = await startBroker();
  const folder = socketFolder();
  const [near, far] = [join(folder, "near"), join(folder, "far")];
  const [nearPort, farPort] = (await freePorts(2)) as [number, number];
  await startSidecar(broker.port, "requester", nearPort, ["--socket", near]);
  await startSidecar(broker.port, "replier", farPort, ["--socket", far]);
  await startPart("sdk-replier", { address: far });
  const requester = await startPart("sdk-requester", { address: near });
  return { name: "SDK, two sidecars", requester };
}

function socketFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "exo-bench-"));
  started.unshift({ stop: () => rmSync(folder, { recursive: true, force: true }) });
  return folder;
}

/** HTTP through two sidecars and the broker, both ends plain Node http. */
export async function httpSubject(): Promise<Subject> {
  const broker = await startBroker();
  const [appPort, requesterPort] = (await freePorts(2)) as [number, number];
  await startPart("http-app", { port: appPort });
  await startSidecar(broker.port, "requester", requesterPort);
  const [farPort] = (await freePorts(1)) as [number];
  await startSidecar(broker.port, "replier", farPort, ["--app", `http://127.0.0.1:${appPort}`]);
  const requester = await startPart("http-requester", { port: requesterPort });
  return { name: "HTTP, two sidecars", requester };
}

async function startBroker() {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  const args = ["serve", "--port", `${port}`, "--admin-port", `${adminPort}`, "--log-level", "warn"];
  await startProcess("@exosphere/broker/bin", args, adminPort, { SERVICE_DATA: routes });
  return { port };
}

async function startSidecar(brokerPort: number, role: string, port: number, more: readonly string[] = []) {
  const [adminPort] = (await freePorts(1)) as [number];
  const args = [
    "--role",
    role,
    "--broker",
    `127.0.0.1:${brokerPort}`,
    "--port",
    `${port}`,
    "--admin-port",
    `${adminPort}`,
  ];
  args.push("--concurrency", "512", "--log-level", "warn", ...more);
  await startProcess("@exosphere/sidecar/bin", args, adminPort);
}

async function startProcess(bin: string, args: string[], adminPort: number, env: Record<string, string> = {}) {
  const file = fileURLToPath(import.meta.resolve(bin));
  const child = spawn(process.execPath, [file, ...args], { stdio: "inherit", env: { ...process.env, ...env } });
  started.push({ stop: () => child.kill() });
  await ready(child, adminPort);
}

async function ready(child: ChildProcess, adminPort: number): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (performance.now() < endMs && child.exitCode === null) {
    const response = await fetch(`http://127.0.0.1:${adminPort}/readyz`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${child.spawnargs.join(" ")} did not become ready.`);
}
