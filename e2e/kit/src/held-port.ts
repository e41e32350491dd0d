import { createServer } from "node:net";

/** Takes a port, as somebody else's program would. Resolves, once it is taken, with what lets go of it. */
export async function holdPort(port: number): Promise<() => Promise<void>> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return () => new Promise((resolve) => server.close(() => resolve()));
}
