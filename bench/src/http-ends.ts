import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import type { RoundTrip } from "./load.ts";
import { payload } from "./payload.ts";

/** An app in plain Node that answers every delivery with a `pong`. Resolves with its port. */
export function httpApp(port: number): Promise<number> {
  const answer = `{"reply":{"name":"pong","payload":${payload}}}`;
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/json", "content-length": answer.length });
      response.end(answer);
    });
  });
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** Asks through a sidecar's JSON edge, over connections that are kept. */
export function httpRequester(port: number): RoundTrip {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 256, pipelining: 1 });
  return (done) => {
    pool.request({ method: "POST", path: "/v1/request/ping", body: payload }).then(async ({ statusCode, body }) => {
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`The sidecar answered ${statusCode}: ${text}`);
      done();
    });
  };
}
