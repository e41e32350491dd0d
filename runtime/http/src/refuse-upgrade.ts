import type { Duplex } from "node:stream";
import { problemMediaType } from "@exosphere/proto";
import { lingerAndClose } from "./gentle-close.ts";
import { STATUS_CODES } from "./node-http.ts";

/** Answers a request for a WebSocket with a problem, and ends the connection. */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  problem: object,
  headers: Readonly<Record<string, string>> = status === 401 ? { "www-authenticate": "Bearer" } : {},
): void {
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "connection: close",
    `content-type: ${problemMediaType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  lingerAndClose(socket);
}
