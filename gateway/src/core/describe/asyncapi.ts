import { describeAudience, describedMessages, type InterfaceFacts, identifiers, type Json } from "./interface-facts.ts";
import { clientFrames, gatewayFrames, messageSchema, sentSchema } from "./schemas.ts";

type Messages = Record<string, Json>;

/** The gateway's WebSocket and its events as an AsyncAPI 3 document: https://www.asyncapi.com/docs/reference/specification/v3.0.0. */
export function asyncApiOf(facts: InterfaceFacts): Json {
  const { title, version, url } = facts;
  const { host, protocol } = new URL(url);
  const isSecure = protocol === "https:";
  const sent = sentMessages(facts);
  const pushed = pushedMessages(facts);
  const fromClients = { ...sent, ...controlMessages("client", clientFrames) };
  const toClients = { ...pushed, ...controlMessages("gateway", gatewayFrames) };
  const toStreams = { ...pushed, gateway_welcome: toClients.gateway_welcome as Json };
  return {
    asyncapi: "3.0.0",
    info: { title: title || "Exosphere application", version: version || "0.0.0", description: about },
    defaultContentType: "application/json",
    servers: {
      socket: { host, protocol: isSecure ? "wss" : "ws", description: "WebSocket, one JSON object per frame" },
      events: { host, protocol: isSecure ? "https" : "http", description: "Server-sent events" },
    },
    channels: {
      socket: {
        address: "/v1/socket",
        servers: [{ $ref: "#/servers/socket" }],
        messages: references({ ...fromClients, ...toClients }),
      },
      events: { address: "/v1/events", servers: [{ $ref: "#/servers/events" }], messages: references(toStreams) },
    },
    operations: {
      receiveFrames: operation("receive", "socket", fromClients, "What clients send."),
      sendFrames: operation("send", "socket", toClients, "What is sent to clients."),
      sendEvents: operation("send", "events", toStreams, "What is sent to streams."),
    },
    components: { messages: { ...fromClients, ...toClients } },
  };
}

const about =
  "The messages that clients may send and get. The protocol is described in docs/reference/websocket.md; calls over HTTP are in /openapi.json.";

function sentMessages(facts: InterfaceFacts): Messages {
  const messages = describedMessages(facts, "sends");
  const ids = identifiers(messages.map(({ name }) => name));
  return Object.fromEntries(
    messages.map(({ name, audience, payload }) => [
      `send_${ids.get(name)}`,
      { name, summary: describeAudience(audience), payload: sentSchema(name, payload) },
    ]),
  );
}

function pushedMessages(facts: InterfaceFacts): Messages {
  const messages = describedMessages(facts, "receives");
  const ids = identifiers(messages.map(({ name }) => name));
  return Object.fromEntries(
    messages.map(({ name, audience, payload }) => [
      `get_${ids.get(name)}`,
      { name, summary: describeAudience(audience), payload: messageSchema({ const: name }, payload, true) },
    ]),
  );
}

function controlMessages(side: string, frames: Readonly<Record<string, Json>>): Messages {
  return Object.fromEntries(
    Object.entries(frames).map(([type, payload]) => [
      `${side}_${type}`,
      { name: type, title: `Control: ${type}`, payload },
    ]),
  );
}

function references(messages: Messages): Json {
  return Object.fromEntries(Object.keys(messages).map((key) => [key, { $ref: `#/components/messages/${key}` }]));
}

function operation(action: "send" | "receive", channel: string, messages: Messages, summary: string): Json {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    summary,
    messages: Object.keys(messages).map((key) => ({ $ref: `#/channels/${channel}/messages/${key}` })),
  };
}
