import type { IncomingMessage } from "node:http";
import { ExoError } from "@exosphere/proto";
import type { BodyRoom } from "./body-budget.ts";
import { BodyPieces } from "./body-pieces.ts";

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
 * With a `room` it reports why there is none, as RATE_LIMITED, as soon as there is no room for what comes beside other bodies.
 */
export function collectBody(request: IncomingMessage, maxBytes: number, done: BodyDone, room?: BodyRoom): void {
  const pieces = new BodyPieces();
  let held = 0;
  let received = 0;
  let settled = false;
  let readUntil = maxBytes;
  const settle = (error: ExoError | undefined, body: Buffer) => {
    if (settled) return;
    settled = true;
    room?.release(held);
    done(error, body);
  };
  const refuse = (error: ExoError) => {
    pieces.clear();
    readUntil = received + Math.max(2 * maxBytes, leastLeeway);
    settle(error, empty);
  };
  request.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (settled) {
      if (received > readUntil && !request.isPaused()) linger(request);
      return;
    }
    const refused = received > maxBytes ? tooLarge(maxBytes) : room?.take(chunk.length);
    if (refused) return refuse(refused);
    held += chunk.length;
    pieces.add(chunk);
  });
  request.on("end", () => settle(undefined, pieces.joined()));
  // After the end, or without one: the client has gone.
  request.on("close", () => settled || settle(aborted(), empty));
  if (Number(request.headers["content-length"]) > maxBytes) refuse(tooLarge(maxBytes));
}

/**
 * Reads and drops the body of a request that was refused for another reason, twice `maxBytes` or 64 KiB of it, so that its
 * client reads the answer and keeps its connection; then it is cut off.
 */
export function dropBody(request: IncomingMessage, maxBytes: number): void {
  const readUntil = Math.max(2 * maxBytes, leastLeeway);
  let received = 0;
  request.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received > readUntil && !request.isPaused()) linger(request);
  });
}

/** To destroy the socket at once would reset the connection, and the client would lose the answer with it. */
function linger(request: IncomingMessage): void {
  request.pause();
  setTimeout(() => request.destroy(), lingerMs).unref();
}

/** As collectBody, for where a promise per request does not matter. Rejects with the ExoError. */
export function readBody(request: IncomingMessage, maxBytes: number, room?: BodyRoom): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    collectBody(request, maxBytes, (error, body) => (error ? reject(error) : resolve(body)), room);
  });
}

function tooLarge(limit: number): ExoError {
  return new ExoError("PAYLOAD_TOO_LARGE", `At most ${limit} bytes are taken: send less, or raise the limit.`, {
    facts: { limit },
  });
}

function aborted(): ExoError {
  return new ExoError("INVALID_MESSAGE", "The connection was closed before the whole body had arrived: send it again.");
}
