import type { IncomingMessage } from "node:http";
import { ExoError } from "@exosphere/proto";
import type { BodyBudget } from "./body-budget.ts";

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
 * With a `budget` it reports RATE_LIMITED as soon as there is no room for what comes, beside the bodies of other requests.
 */
export function collectBody(request: IncomingMessage, maxBytes: number, done: BodyDone, budget?: BodyBudget): void {
  const chunks: Buffer[] = [];
  let held = 0;
  let received = 0;
  let settled = false;
  let readUntil = maxBytes;
  const settle = (error: ExoError | undefined, body: Buffer) => {
    if (settled) return;
    settled = true;
    budget?.release(held);
    done(error, body);
  };
  const refuse = (error: ExoError) => {
    chunks.length = 0;
    readUntil = received + Math.max(2 * maxBytes, leastLeeway);
    settle(error, empty);
  };
  // To destroy the socket at once would reset the connection, and the client would lose the answer with it.
  const linger = () => {
    request.pause();
    setTimeout(() => request.destroy(), lingerMs).unref();
  };
  const keep = (chunk: Buffer) => {
    if (budget && !budget.take(chunk.length)) return refuse(tooMuchAtOnce(budget));
    held += chunk.length;
    chunks.push(chunk);
  };
  request.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received <= maxBytes && !settled) keep(chunk);
    else if (!settled) refuse(tooLarge(maxBytes));
    else if (received > readUntil && !request.isPaused()) linger();
  });
  request.on("end", () => settle(undefined, joined(chunks)));
  // After the end, or without one: the client has gone.
  request.on("close", () => settled || settle(aborted(), empty));
  if (Number(request.headers["content-length"]) > maxBytes) refuse(tooLarge(maxBytes));
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

/** There is no room for more of a body. */
export function tooMuchAtOnce({ maxBytes }: BodyBudget): ExoError {
  const detail = `Bodies of ${maxBytes} bytes are being read already: send fewer at once, or raise --max-body-bytes.`;
  return new ExoError("RATE_LIMITED", detail, { retryAfterMs: 1000, facts: { limit: maxBytes } });
}

function aborted(): ExoError {
  return new ExoError("INVALID_MESSAGE", "The connection was closed before the whole body had arrived: send it again.");
}
