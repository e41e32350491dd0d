import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/**
 * How long a connection that was ended is read on, in milliseconds: a client that still sends reads its answer within that time,
 * and one that never stops does not keep the connection.
 */
const lingerMs = 2_000;

/**
 * How long a client that has ended its side may wait for its answer, in milliseconds. One that has gone altogether looks the same until
 * something is written to it, and must not hold a place among the open requests for as long as a deadline may be.
 */
const halfClosedMs = 30_000;

/**
 * How soon after its request a client ends its side that still waits for the answer, in milliseconds: such clients do so with the
 * request, by the same packets or the next. Later it has hung up, and whatever waits for its answer is given up at once.
 */
const withRequestMs = 5;

/** The latest request of a connection. */
interface LatestRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** When the last of it was read, by `performance.now`. */
  readMs: number;
}

/**
 * Ends connections so that clients get their answers. A client that has ended its own side still gets the answer to what it
 * sent. One whose request was answered before all of it had arrived is read for a while longer: closing a socket with unread
 * bytes resets it, and the answer is lost with it (RFC 9112, section 9.6).
 */
export function closeGently(server: Server): void {
  // Node's types lack it.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  const latest = new WeakMap<Duplex, LatestRequest>();
  server.on("connection", (socket: Socket) => {
    socket.once("end", () => {
      const { response, readMs } = latest.get(socket) ?? { response: undefined, readMs: 0 };
      if (response?.writableEnded === false && performance.now() - readMs > withRequestMs) return void socket.destroy();
      const timer = setTimeout(() => socket.destroy(), halfClosedMs).unref();
      socket.once("close", () => clearTimeout(timer));
    });
    const closeAtOnce = socket.destroySoon;
    socket.destroySoon = () => {
      if (latest.get(socket)?.request.complete === false) lingerAndClose(socket);
      else closeAtOnce.call(socket);
    };
  });
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    const read: LatestRequest = { request, response, readMs: performance.now() };
    latest.set(request.socket, read);
    request.once("end", () => {
      read.readMs = performance.now();
    });
  });
}

/** Ends a connection once what was written to it is sent, and drops what the other side still sends for up to 2 s. */
export function lingerAndClose(socket: Duplex): void {
  const destroy = () => socket.destroy();
  const timer = setTimeout(destroy, lingerMs).unref();
  socket.once("close", () => clearTimeout(timer));
  socket.end();
  if (!socket.readableEnded) {
    socket.once("end", destroy);
    socket.resume();
  } else if (socket.writableFinished) destroy();
  else socket.once("finish", destroy);
}

/** Ends a response that goes on for as long as its client listens, as a client that has ended its own side does no more. */
export function endWithClient(response: ServerResponse): void {
  const { socket } = response.req;
  const end = () => void response.destroy();
  if (socket.readableEnded) return end();
  socket.once("end", end);
  response.once("close", () => socket.off("end", end));
}
