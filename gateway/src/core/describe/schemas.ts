import { fieldsFrom, fieldsTo, type ListedField } from "@exosphere/message";
import { schemaOf } from "./field-schema.ts";
import type { Json } from "./interface-facts.ts";

const text: Json = { type: "string" };
const id: Json = { type: "string", minLength: 1, maxLength: 255 };
const wholeNumber: Json = { type: "integer", minimum: 0 };

/** RFC 9457, with what ours have beside it. */
export const problemSchema: Json = {
  type: "object",
  required: ["type", "title", "status", "detail"],
  properties: { type: text, title: text, status: { type: "integer" }, detail: text, reason: text },
  additionalProperties: true,
};

/** The ids of a message that the bus has accepted. */
export const idsSchema: Json = { type: "object", required: ["id", "activityId"], properties: { id, activityId: id } };

/** What `POST /v1/session` answers. */
export const sessionSchema: Json = {
  type: "object",
  required: ["session", "sessionId", "ticket", "ttlMs"],
  properties: {
    session: text,
    sessionId: text,
    user: text,
    expiresAt: { type: "string", format: "date-time" },
    ticket: text,
    ttlMs: wholeNumber,
  },
};

/** A message as clients get it. */
export function messageSchema(name: Json, payload: Json, hasOffset: boolean): Json {
  return {
    type: "object",
    required: [...(hasOffset ? ["offset"] : []), ...required],
    properties: {
      ...(hasOffset && { offset: { type: "integer", minimum: 1 } }),
      ...membersOf(received),
      name,
      payload,
    },
  };
}

const received = fieldsTo("clientJson");

/** What a sender says and every message has. */
const required = received
  .filter(({ setBy, isOptional }) => setBy.includes("client") && !isOptional)
  .map(({ json }) => json);

/** The members of fields, by their keys. */
function membersOf(fields: readonly ListedField[]): Record<string, Json> {
  return Object.fromEntries(fields.map(({ json = "", form }) => [json, schemaOf(form)]));
}

const ref: Json = { oneOf: [{ type: "string", maxLength: 100 }, { type: "number" }] };

/** A message as clients send it in a frame. */
export function sentSchema(name: string, payload: Json): Json {
  return {
    type: "object",
    required: ["name"],
    properties: {
      ...membersOf(fieldsFrom("clientJson")),
      name: { const: name },
      payload,
      ref,
      request: { type: "boolean" },
      key: { type: "string", minLength: 1, maxLength: 100 },
    },
  };
}

function control(type: string, properties: Json, required: readonly string[] = []): Json {
  return { type: "object", required: ["type", ...required], properties: { type: { const: type }, ...properties } };
}

const names: Json = { type: ["array", "null"], items: text };

/** The control frames of clients, by type. */
export const clientFrames: Readonly<Record<string, Json>> = {
  connect: control("connect", { session: text, offset: wholeNumber, token: text, ack: { type: "boolean" }, names }),
  ack: control("ack", { offset: wholeNumber }, ["offset"]),
  refresh: control("refresh", { token: text, ref }, ["token"]),
  subscribe: control("subscribe", { names, ref }, ["names"]),
  ping: control("ping", { ref }),
};

const identity: Json = { user: text, expiresAt: { type: "string", format: "date-time" } };

/** The control frames of the gateway, by type. */
export const gatewayFrames: Readonly<Record<string, Json>> = {
  welcome: control(
    "welcome",
    {
      session: text,
      sessionId: text,
      ...identity,
      recovered: { type: "boolean" },
      offset: wholeNumber,
      pingMs: wholeNumber,
      ttlMs: wholeNumber,
      maxPayload: wholeNumber,
    },
    ["session", "sessionId", "recovered", "offset"],
  ),
  accepted: control("accepted", { ref, id, activityId: id }, ["ref", "id", "activityId"]),
  reply: control("reply", { ref, message: messageSchema(text, {}, false) }, ["ref", "message"]),
  problem: control("problem", { ref, problem: problemSchema }, ["problem"]),
  refreshed: control("refreshed", { ref, session: text, ...identity }, ["session"]),
  subscribed: control("subscribed", { ref, names }, ["names"]),
  pong: control("pong", { ref }),
};
