import type { IncomingMessage } from "node:http";
import { ExoError } from "@exosphere/proto";

/** Called once: with the error or with the body. */
export type BodyDone = (error: ExoError | undefined, body: Buffer) => void;

const empty = Buffer.alloc(0);

/** What is read in one go from a socket: with less leeway, a small limit would cut clients off before they are answered. Bytes. */
const leastLeeway = 64 * 1024;

/** How long a client that was refused, and still sends, may take to read its answer before it is cut off, in milliseconds. */
const lingerMs = 1000;

/**
 * Collects the body of a request, at most `maxBytes`. Reports PAYLOAD_TOO_LARGE with the fact `limit` as soon as Content-Length
 * or the received bytes exceed it, and INVALID_MESSAGE if the client goes away. What a refused client still sends is read and
 * dropped, twice `maxBytes` or 64 KiB of it, so that what is a little too large does not cost the connection, and as a client often reads an answer only once it has sent everything; then it is cut off.
 */
export function collectBody(request: IncomingMessage, maxBytes: number, done: BodyDone): void {
  const chunks: Buffer[] = [];
  let received = 0;
  let settled = false;
  let readUntil = maxBytes;
  const settle = (error: ExoError | undefined, body: Buffer) => {
    if (settled) return;
    settled = true;
    done(error, body);
  };
  const refuse = () => {
    chunks.length = 0;
    readUntil = received + Math.max(2 * maxBytes, leastLeeway);
    settle(tooLarge(maxBytes), empty);
  };
  // To destroy the socket at once would reset the connection, and the client would lose the answer with it.
  const linger = () => {
    request.pause();
    setTimeout(() => request.destroy(), lingerMs).unref();
  };
  request.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received <= maxBytes && !settled) chunks.push(chunk);
    else if (!settled) refuse();
    else if (received > readUntil && !request.isPaused()) linger();
  });
  request.on("end", () => settle(undefined, joined(chunks)));
  // After the end, or without one: the client has gone.
  request.on("close", () => settled || settle(aborted(), empty));
  if (Number(request.headers["content-length"]) > maxBytes) refuse();
}

/** As collectBody, for where a promise per request does not matter. Rejects with the ExoError. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    collectBody(request, maxBytes, (error, body) => (error ? reject(error) : resolve(body)));
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first = empty] = chunks;
  return chunks.length > 1 ? Buffer.concat(chunks) : first;
}

function tooLarge(limit: number): ExoError {
  return new ExoError("PAYLOAD_TOO_LARGE", `At most ${limit} bytes are taken: send less, or raise the limit.`, {
    facts: { limit },
  });
}

function aborted(): ExoError {
  return new ExoError("INVALID_MESSAGE", "The connection was closed before the whole body had arrived: send it again.");
}
