import { Agent, createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Ask, Counter, type End, type EndOptions, type Json } from "./ends.ts";
import { textOf } from "./payload.ts";

/** Connections are kept, as many as there are messages in flight. */
function keepAlive(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 4096, maxFreeSockets: 4096 });
}

/** An app of a sidecar in plain Node: answers every delivery with a `pong` of the same payload. */
export function app({ port }: EndOptions): Promise<End> {
  return answering(port, (body) => {
    const { payload } = JSON.parse(body) as { payload: unknown };
    return JSON.stringify({ reply: { name: "pong", payload } });
  });
}

/** The same work without a sidecar: answers with what it got. */
export function echo({ port }: EndOptions): Promise<End> {
  return answering(port, (body) => JSON.stringify(JSON.parse(body)));
}

/** An app of a sidecar that replies to nothing. */
export async function receiver({ port }: EndOptions): Promise<End> {
  const counter = new Counter();
  await answering(port, (body) => {
    counter.add((JSON.parse(body) as { payload: unknown }).payload);
    return "";
  });
  return { received: counter.received };
}

/** A proxy of nothing but Node's own server and client. */
export function proxy({ port, next }: EndOptions): Promise<End> {
  const agent = keepAlive();
  const { hostname, port: targetPort } = new URL(next);
  const server = createServer((incoming, response) => {
    const { method, url, headers } = incoming;
    const onwards = request({ hostname, port: targetPort, method, path: url, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onwards);
  });
  return listening(server, port);
}

/** Asks through a sidecar's JSON edge. */
export async function requester({ port }: EndOptions): Promise<End> {
  const post = poster(port, "/v1/request/ping");
  return {
    ask: (value, done) => post(value, 200, (text) => done((JSON.parse(text) as { payload: unknown }).payload)),
  };
}

/** Asks the proxy, or whoever answers with what it got. */
export async function echoRequester({ port }: EndOptions): Promise<End> {
  const post = poster(port, "/");
  return { ask: (value, done) => post(value, 200, (text) => done(JSON.parse(text))) };
}

/** Sends through a sidecar's JSON edge, and waits for each confirmation. */
export async function sender({ port }: EndOptions): Promise<End> {
  const post = poster(port, "/v1/send/told");
  return { ask: (value, done) => post(value, 202, () => done()) };
}

/** The same as NDJSON: what one tick wants to send goes as one request. */
export async function bulkSender({ port }: EndOptions): Promise<End> {
  const agent = keepAlive();
  let gathered: { readonly value: Json; readonly done: () => void }[] = [];
  const flush = () => {
    const batch = gathered;
    gathered = [];
    const lines = batch.map(({ value }) => `{"name":"told","payload":${textOf(value).toString("utf8")}}\n`);
    const headers = { "content-type": "application/x-ndjson" };
    send({ agent, port, path: "/v1/send", headers }, Buffer.from(lines.join(""), "utf8"), 200, (text) => {
      const answers = text.trimEnd().split("\n");
      const refused = answers.find((line) => !line.includes('"activityId"'));
      if (refused !== undefined || answers.length !== batch.length)
        throw new Error(`${batch.length} lines were answered with ${answers.length}: ${refused}`);
      for (const { done } of batch) done();
    });
  };
  const ask: Ask = (value, done) => {
    if (gathered.length === 0) process.nextTick(flush);
    gathered.push({ value, done });
  };
  return { ask };
}

function poster(port: number, path: string) {
  const agent = keepAlive();
  const headers = { "content-type": "application/json" };
  return (value: Json, status: number, done: (text: string) => void) =>
    send({ agent, port, path, headers }, Buffer.from(JSON.stringify(value)), status, done);
}

interface Target {
  readonly agent: Agent;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

function send({ headers, ...target }: Target, body: Buffer, wanted: number, done: (text: string) => void): void {
  const all = { ...headers, "content-length": body.length };
  const asked = request({ host: "127.0.0.1", method: "POST", ...target, headers: all }, (answer) => {
    whole(answer, (text) => {
      if (answer.statusCode !== wanted) throw new Error(`The answer was ${answer.statusCode}: ${text}`);
      done(text);
    });
  });
  asked.end(body);
}

function answering(port: number, answer: (body: string) => string): Promise<End> {
  const server = createServer((incoming, response) => {
    whole(incoming, (body) => {
      const text = Buffer.from(answer(body));
      response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
      response.end(text);
    });
  });
  return listening(server, port);
}

function whole(message: IncomingMessage, done: (text: string) => void): void {
  const chunks: Buffer[] = [];
  message.on("data", (chunk: Buffer) => chunks.push(chunk));
  message.on("end", () => done(Buffer.concat(chunks).toString("utf8")));
}

function listening(server: Server, port: number): Promise<End> {
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => {
    server.listen({ port, host: "127.0.0.1", backlog: 4096 }, () =>
      resolve({ port: (server.address() as AddressInfo).port }),
    );
  });
}
