import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** Finds `n` different ports of 127.0.0.1 that nobody listens on. They are held all at once, then let go together. */
export async function freePorts(n: number): Promise<number[]> {
  const servers = Array.from({ length: n }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
