import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Something of others that is measured beside ours, where it is installed. */
export type Peer = "nats" | "moleculer-nats" | "moleculer-tcp";

/** What each needs, and how to get it. */
const needs: Readonly<Record<Peer, readonly { readonly isHere: () => boolean; readonly install: string }[]>> = {
  nats: [server(), library("@nats-io/transport-node")],
  "moleculer-nats": [server(), library("moleculer"), library("nats")],
  "moleculer-tcp": [library("moleculer")],
};

/** Undefined if a peer can be measured, else the commands that install what is missing. */
export function missing(peer: Peer): string | undefined {
  const absent = needs[peer].filter(({ isHere }) => !isHere());
  return absent.length === 0 ? undefined : absent.map(({ install }) => install).join("; ");
}

/** The versions of all that is here. */
export function peerVersions(): Record<string, string> {
  const versions: Record<string, string> = {};
  const server = serverVersion();
  if (server) versions["nats-server"] = server;
  for (const name of ["@nats-io/transport-node", "nats", "moleculer", "@grpc/grpc-js"]) {
    const version = libraryVersion(name);
    if (version) versions[name] = version;
  }
  return versions;
}

function server() {
  return { isHere: () => serverVersion() !== undefined, install: "apt-get install nats-server" };
}

function library(name: string) {
  return { isHere: () => libraryVersion(name) !== undefined, install: `npm install -w @exosphere/bench ${name}` };
}

function serverVersion(): string | undefined {
  const { status, stdout } = spawnSync("nats-server", ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.replace(/^.*v/s, "").trim() : undefined;
}

/** As it lies in node_modules: not every package lets its manifest be imported. */
function libraryVersion(name: string): string | undefined {
  for (const folder of ["../../node_modules/", "../../../node_modules/"]) {
    try {
      const file = fileURLToPath(new URL(`${folder}${name}/package.json`, import.meta.url));
      return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
