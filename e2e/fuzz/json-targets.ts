import { createHmac } from "node:crypto";
import { type FrameOptions, frameOf } from "@exosphere/testkit";
import { bodyTexts, claimTexts, frames, gatewayTexts, webSocketTexts } from "./corpus.ts";
import { jwtSecret } from "./fuzz-mesh.ts";
import { mutatedBytes, mutatedText } from "./mutations.ts";
import type { Random } from "./random.ts";
import { rawDialog } from "./raw-dialog.ts";
import type { Target } from "./target.ts";

/** A request as bytes, with headers that may be mutated. */
function httpRequest(
  random: Random,
  method: string,
  path: string,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Buffer {
  const all = { host: "127.0.0.1", connection: "close", "content-length": String(body.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => {
    const isOdd = name.startsWith("exo-") || name === "traceparent" || random.once(40);
    return `${name}: ${isOdd && random.once(2) ? mutatedText(random, value, bodyTexts).replaceAll(/[\r\n]/g, " ") : value}\r\n`;
  });
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"), body]);
}

const body = (random: Random): Buffer =>
  Buffer.from(mutatedText(random, random.of(bodyTexts), bodyTexts), random.once(3) ? "latin1" : "utf8");

const edge: Target = {
  name: "JSON bodies at a sidecar",
  attempt(random, { edgePort: port }, sent) {
    const path = random.of([
      "/v1/send/told",
      "/v1/request/wondered",
      "/v1/send",
      "/send/told",
      "/v1/settle/abc.1.1",
      `/v1/send/${random.of(["%00", "%", "told%2f", "a b", "%ff", "x".repeat(300)])}`,
    ]);
    const headers = {
      "content-type": path === "/v1/send" ? "application/x-ndjson" : "application/json",
      ...(random.once(2) && { "exo-deadline": "50ms", "exo-auth": '{"user":1}', "exo-message-id": "id" }),
      ...(random.once(3) && { "exo-activity-id": "one", "exo-response-to": "two", "exo-delivery-id": "three" }),
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };
    sent.push(httpRequest(random, "POST", path, body(random), headers));
    return rawDialog({ port, host: "127.0.0.1" }, sent, random.once(2));
  },
};

/** A JWT, signed with the right key, with claims that may be mutated; its parts may be mutated as well. */
function jwt(random: Random): string {
  const encoded = (text: string) => Buffer.from(text).toString("base64url");
  const head = random.once(4)
    ? mutatedText(random, '{"alg":"HS256","typ":"JWT","kid":"1"}', bodyTexts)
    : '{"alg":"HS256"}';
  const claims = random.of(claimTexts);
  const signed = `${encoded(head)}.${encoded(random.once(4) ? claims : mutatedText(random, claims, bodyTexts))}`;
  const token = `${signed}.${createHmac("sha256", jwtSecret).update(signed).digest("base64url")}`;
  return random.once(4)
    ? mutatedBytes(random, Buffer.from(token), frames)
        .toString("latin1")
        .replaceAll(/[\r\n]/g, "")
    : token;
}

const gateway: Target = {
  name: "JSON bodies and JWTs at the gateway",
  attempt(random, { gatewayPort: port }, sent) {
    const path = random.of([
      "/v1/send/told",
      "/v1/request/ask",
      "/v1/session",
      "/v1/ack",
      "/v1/events",
      "/v1/openapi.json",
    ]);
    const headers = {
      "content-type": "application/json",
      ...(random.once(2) && { authorization: `Bearer ${jwt(random)}` }),
      ...(random.once(2) && { "exo-session": "abc.def.ghi", "exo-message-id": "id", "exo-activity-id": "one" }),
      ...(random.once(3) && { "idempotency-key": '"key"', "exo-deadline": "50ms", "last-event-id": "abc:1" }),
    };
    sent.push(httpRequest(random, random.of(["POST", "POST", "POST", "GET", "DELETE"]), path, body(random), headers));
    return rawDialog({ port, host: "127.0.0.1" }, sent, random.once(2));
  },
};

/** An upgrade, and mutated frames behind it. */
function webSocket(random: Random, path: string, first: string, texts: readonly string[]): Buffer[] {
  const head = {
    host: "127.0.0.1",
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...(random.once(4) && { "sec-websocket-extensions": "permessage-deflate" }),
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  const all = Array.from({ length: 1 + random.below(5) }, () => {
    const options: FrameOptions = random.once(5)
      ? {
          opcode: random.below(16),
          isFinal: !random.once(3),
          isMasked: !random.once(5),
          reserved: random.once(5) ? random.below(8) : 0,
        }
      : {};
    const frame = frameOf(
      Buffer.from(mutatedText(random, random.of(texts), texts), random.once(3) ? "latin1" : "utf8"),
      options,
    );
    return random.once(6) ? mutatedBytes(random, frame, frames) : frame;
  });
  const registration = frameOf(random.once(8) ? mutatedText(random, first, texts) : first);
  return [Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`), registration, ...all];
}

const sockets: Target = {
  name: "WebSocket frames at a sidecar",
  attempt(random, { socketsPort: port }, sent) {
    const payload = random.of(["", ',"payload":{"errors":true}', ',"payload":{"errors":true,"settle":true}']);
    const registration = `{"name":"exocom.register-service","sender":"sink"${payload}}`;
    sent.push(...webSocket(random, "/services", registration, webSocketTexts));
    return rawDialog({ port, host: "127.0.0.1" }, sent, random.once(2));
  },
};

const clients: Target = {
  name: "WebSocket frames at the gateway",
  attempt(random, { gatewayPort: port }, sent) {
    const token = random.once(3) ? `,"token":${JSON.stringify(jwt(random))}` : "";
    const connect = `{"type":"connect","ack":${random.once(2)}${token}}`;
    sent.push(...webSocket(random, "/v1/socket", connect, gatewayTexts));
    return rawDialog({ port, host: "127.0.0.1" }, sent, random.once(2));
  },
};

const allInOne: Target = {
  name: "bodies and WebSocket frames at the all-in-one",
  attempt(random, { allInOnePort: port }, sent) {
    const role = random.of(["fuzzer", "sink", "web", "users", "clients"]);
    if (random.once(2)) {
      const registration = `{"name":"exocom.register-service","sender":"${role}","payload":{"errors":true}}`;
      sent.push(...webSocket(random, "/services", registration, webSocketTexts));
    } else {
      const path = random.of(["/v1/send/told", "/v1/request/wondered", "/v1/send", "/send/told", "/v1/settle/a.1.1"]);
      sent.push(
        httpRequest(random, "POST", path, body(random), { "content-type": "application/json", "exo-role": role }),
      );
    }
    return rawDialog({ port, host: "127.0.0.1" }, sent, random.once(2));
  },
};

const admin: Target = {
  name: "bodies at admin ports",
  attempt(random, { adminPorts }, sent) {
    const [method, path] = random.of([
      ["PUT", "/log-level"],
      ["PUT", "/log-level"],
      ["GET", "/settings"],
      ["GET", "/readyz"],
      ["POST", "/metrics"],
      ["GET", "/%00"],
    ] as const);
    const text = random.of(['{"level":"error"}', '"error"', "error"]);
    const content = Buffer.from(random.once(4) ? text : mutatedText(random, text, bodyTexts));
    sent.push(httpRequest(random, method, path, content, { "content-type": "application/json" }));
    return rawDialog({ port: random.of(adminPorts), host: "127.0.0.1" }, sent, random.once(2));
  },
};

/** JSON, in bodies and frames of WebSockets, and what stands in headers beside it. */
export const jsonTargets: readonly Target[] = [edge, gateway, sockets, clients, allInOne, admin];
