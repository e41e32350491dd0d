import type { ServerResponse } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** How an app answers a request, and what comes of it: a row of the table in docs/reference/http-api.md. */
export interface Row {
  readonly what: string;
  /** The answers, one for each attempt; after them, a reply with the number of the attempt. */
  readonly answers: readonly Answer[];
  /** What the requester gets: the payload of a 200, or the reason of the problem. */
  readonly gets: unknown;
  /** What of its text. */
  readonly saying?: RegExp;
  /** How the sidecar and the broker count the attempts. */
  readonly counts: Readonly<Record<string, number>>;
}

export type Answer = (response: ServerResponse) => void;

/** A row for each status, all of which mean the same. */
export const rows: readonly Row[] = [
  { what: "200 with a reply", answers: [], gets: 1, counts: { ok: 1 } },
  {
    what: "201 with a reply",
    answers: [says(201, '{"reply":{"name":"got","payload":7}}')],
    gets: 7,
    counts: { ok: 1 },
  },
  {
    what: "200 with replies, of which the first counts",
    answers: [says(200, '{"replies":[{"name":"got","payload":8},{"name":"got","payload":9}]}')],
    gets: 8,
    counts: { ok: 1 },
  },
  ...[
    ["204", says(204)],
    ["204 with a body all the same", writes("HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\n{}")],
    ["200 without a body", says(200)],
    ["200 with what is no JSON and is not said to be", says(200, "fine")],
  ].map(([what, answer]) => row(`${what}: no reply`, answer as Answer, "DEADLINE_EXCEEDED", { ok: 1 })),
  ...[408, 425, 429, 503].map((status) => ({
    what: `${status}`,
    answers: [says(status)],
    gets: 2,
    counts: { retry: 1, ok: 1 },
  })),
  {
    what: "503 twice, once with a body that is cut off",
    answers: [says(503), cutOff(503)],
    gets: 3,
    counts: { retry: 2, ok: 1 },
  },
  ...[500, 501, 502, 504, 599].map((status) =>
    failing(`${status}`, says(status, "secret"), new RegExp(`answered ${status}`)),
  ),
  ...[300, 302, 304, 400, 401, 404, 409, 410, 413, 422].map((status) =>
    row(`${status}`, says(status), "HANDLER_FAILED", { dead: 1 }, new RegExp(`answered ${status}`)),
  ),
  row("404 with a body that is cut off", cutOff(404), "HANDLER_FAILED", { dead: 1 }, /answered 404/),
  failing("a connection that is lost before the answer", (response) => response.destroy(), /connection .* lost/),
  failing("a connection that is lost in the answer", cutOff(200), /connection .* lost/),
  ...[["gzip", gzipSync] as const, ["br", brotliCompressSync] as const].map(([coding, compress]) => ({
    what: `200 with a reply that is compressed by ${coding} all the same`,
    answers: [says(200, compress('{"reply":{"name":"got","payload":7}}'), { "content-encoding": coding })],
    gets: 7,
    counts: { ok: 1 },
  })),
  failing("a coding that is not read", says(200, "x", { "content-encoding": "zstd" }), /compressed by 'zstd'/),
  failing("what is no HTTP", writes("HTTP/1.1 abc\r\n\r\n"), /not HTTP/),
  failing("chunks that are none", writes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"), /not HTTP/),
  failing("more than any reply may be", says(200, `"${"x".repeat(2 * 1024 * 1024)}"`), /more than \d+ bytes/),
  failing("no JSON that is said to be", says(200, '{"reply":', { "content-type": "application/json" }), /Content-Type/),
  failing("a reply without a name", says(200, '{"reply":{}}'), /object with a name/),
  failing("a reply that its role may not send", says(200, '{"reply":{"name":"nope"}}'), /'nope' was refused/),
];

function row(what: string, answer: Answer, gets: string, counts: Row["counts"], saying = /./): Row {
  return { what, answers: [answer], gets, counts, saying };
}

function failing(what: string, answer: Answer, saying: RegExp): Row {
  return row(what, answer, "HANDLER_FAILED", { handler_failed: 1 }, saying);
}

function says(status: number, body: string | Buffer = "", headers: Record<string, string> = {}): Answer {
  return (response) => void response.writeHead(status, { location: "/elsewhere", ...headers }).end(body);
}

/** Promises more than it writes, and ends the connection. */
function cutOff(status: number): Answer {
  return (response) => {
    response.writeHead(status, { "content-length": "1000" });
    response.write("{", () => response.destroy());
  };
}

/** Writes to the connection, past all that makes an HTTP server. */
function writes(text: string): Answer {
  return (response) => void response.socket?.end(text);
}
