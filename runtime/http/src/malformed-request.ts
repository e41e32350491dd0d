import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { problemMediaType } from "@exosphere/proto";
import { lingerAndClose } from "./gentle-close.ts";
import { STATUS_CODES } from "./node-http.ts";
import type { Connection } from "./upgrades.ts";

/** What Node reports for a request that it cannot read, or not in time, and what to say of it. */
const answers: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, "The headers have more than 16 KiB: send less."],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "The extensions of a chunk have more than 16 KiB: send none."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request did not arrive in time: send it faster, or raise the time-outs."],
};

const malformed = [400, "This is not an HTTP request (RFC 9112)"] as const;

/**
 * Answers what is no request with a problem, and ends the connection. Requests before it on the same connection are answered
 * first, so that no answer is taken for that of another. `mayTakeLong` says of which connections the request may arrive for as
 * long as it likes.
 */
export function answerMalformed(server: Server, mayTakeLong: (connection: Duplex) => boolean): void {
  /** Those whose answer is on its way. Node goes on to report each piece of what comes behind. */
  const answered = new WeakSet<Duplex>();
  server.on("clientError", (error: NodeJS.ErrnoException & { reason?: string }, connection: Duplex) => {
    if (error.code === "ERR_HTTP_REQUEST_TIMEOUT" && mayTakeLong(connection)) return;
    if (error.code === "ECONNRESET") return void connection.destroy();
    if (answered.has(connection)) return;
    answered.add(connection);
    if (!connection.writable) return void connection.destroy();
    const [status, said] = answers[error.code ?? ""] ?? malformed;
    answerInTurn(connection, status, said === malformed[1] ? `${said}: ${error.reason ?? error.message}.` : said);
  });
}

function answerInTurn(connection: Connection, status: number, detail: string): void {
  const open = connection._httpMessage;
  if (!open) return answerAndEnd(connection, status, detail);
  // A request that had arrived whole: what is malformed comes behind it.
  if (open.req.complete) return void open.once("close", () => answerInTurn(connection, status, detail));
  if (open.headersSent) connection.destroy();
  else answerAndEnd(connection, status, detail);
}

function answerAndEnd(connection: Duplex, status: number, detail: string): void {
  const title = STATUS_CODES[status] ?? "Error";
  const body = JSON.stringify({ type: "about:blank", title, status, detail });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    "connection: close",
    `content-type: ${problemMediaType}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  connection.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  lingerAndClose(connection);
}
