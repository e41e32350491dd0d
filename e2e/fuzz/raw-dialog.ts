import { connect, type NetConnectOpts } from "node:net";

/** How long an answer is waited for that may not come, in milliseconds. */
const silenceMs = 100;

/**
 * Writes bytes to a server and reads until it closes, or says nothing for a while. Resolves with what came, a character for each
 * byte. `isEnded`: says at once that nothing more will come.
 */
export function rawDialog(where: NetConnectOpts, pieces: readonly Buffer[], isEnded = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ ...where, allowHalfOpen: true });
    const chunks: Buffer[] = [];
    const end = () => {
      socket.destroy();
      resolve(Buffer.concat(chunks).toString("latin1"));
    };
    socket.on("data", (chunk: Buffer) => {
      if (chunks.length < 1000) chunks.push(chunk);
    });
    // A server that refuses may close while something is still being written.
    socket.on("error", end);
    socket.on("close", end);
    socket.on("end", end);
    socket.setTimeout(silenceMs, end);
    for (const piece of pieces) socket.write(piece);
    if (isEnded) socket.end();
  });
}
