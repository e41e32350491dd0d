import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { freePorts } from "@exosphere/runtime/process";
import { Part } from "./part.ts";

/** Something that is measured: all its processes, one of which asks. */
export interface Subject {
  readonly name: string;
  readonly requester: Part;
  stop(): void;
}

const routes = JSON.stringify({
  requester: { sends: ["ping"], receives: ["pong"], translations: [] },
  replier: { sends: ["pong"], receives: ["ping"], translations: [] },
});

/** The limit: a bare batched relay, requester → relay → replier and back. */
export async function relaySubject(): Promise<Subject> {
  const relay = await Part.start("relay");
  const { port } = relay.said;
  const replier = await Part.start("relay-replier", { port });
  const requester = await Part.start("relay-requester", { port });
  return subject("bare grpc-js relay", requester, [relay, replier]);
}

/** The broker, with a bare client on the attach stream at both ends: the same hops as the relay. */
export async function streamSubject(): Promise<Subject> {
  const broker = await startBroker();
  const replier = await Part.start("stream-replier", { port: broker.port });
  const requester = await Part.start("stream-requester", { port: broker.port });
  return subject("attach stream", requester, [replier, broker]);
}

/** HTTP through two sidecars and the broker, both ends plain Node http. */
export async function httpSubject(): Promise<Subject> {
  const broker = await startBroker();
  const [appPort, requesterPort] = (await freePorts(2)) as [number, number];
  const app = await Part.start("http-app", { port: appPort });
  const near = await startSidecar(broker.port, "requester", requesterPort);
  const [farPort] = (await freePorts(1)) as [number];
  const far = await startSidecar(broker.port, "replier", farPort, `http://127.0.0.1:${appPort}`);
  const requester = await Part.start("http-requester", { port: requesterPort });
  return subject("HTTP, two sidecars", requester, [app, near, far, broker]);
}

function subject(name: string, requester: Part, others: readonly { stop(): void }[]): Subject {
  return {
    name,
    requester,
    stop() {
      for (const part of [requester, ...others]) part.stop();
    },
  };
}

async function startBroker() {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  const args = ["serve", "--port", `${port}`, "--admin-port", `${adminPort}`, "--log-level", "warn"];
  return { port, ...(await startProcess("@exosphere/broker/bin", args, adminPort, { SERVICE_DATA: routes })) };
}

async function startSidecar(brokerPort: number, role: string, port: number, app?: string) {
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
  args.push("--concurrency", "512", "--log-level", "warn", ...(app ? ["--app", app] : []));
  return startProcess("@exosphere/sidecar/bin", args, adminPort);
}

async function startProcess(bin: string, args: string[], adminPort: number, env: Record<string, string> = {}) {
  const file = fileURLToPath(import.meta.resolve(bin));
  const child = spawn(process.execPath, [file, ...args], { stdio: "inherit", env: { ...process.env, ...env } });
  await ready(child, adminPort);
  return { stop: () => child.kill() };
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
