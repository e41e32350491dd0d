import { once } from "node:events";
import { createServer, type Server } from "node:net";

/**
 * Where ports are looked for: below those that systems take for outgoing connections (Linux from 32768 on, others from
 * 49152), as one of these could take a port before its process listens on it, or while that is started again.
 */
const lowest = 10_000;
const highest = 32_767;

/** How many places are tried for each port before giving up: on a machine with half of them taken, one in a million fails. */
const attempts = 20;

/** Finds `n` different ports of 127.0.0.1 that nobody listens on. They are held all at once, then let go together. */
export async function freePorts(n: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: n }, () => holdPort(attempts)));
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return held.map(({ port }) => port);
}

/** At random, so that others who look at the same time find others. */
async function holdPort(attemptsLeft: number): Promise<{ readonly port: number; readonly server: Server }> {
  const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
    return { port, server };
  } catch (error) {
    if (attemptsLeft <= 1) throw error;
    return holdPort(attemptsLeft - 1);
  }
}
