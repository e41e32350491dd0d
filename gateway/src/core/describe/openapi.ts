import { fieldsFrom } from "@exosphere/message";
import { headerSchemaOf } from "./field-schema.ts";
import {
  type Audience,
  type DescribedMessage,
  describeAudience,
  describedMessages,
  type InterfaceFacts,
  identifiers,
  type Json,
} from "./interface-facts.ts";
import { idsSchema, messageSchema, problemSchema, sessionSchema } from "./schemas.ts";

const problem = { $ref: "#/components/responses/Problem" };

/** The gateway's HTTP interface as an OpenAPI 3.1 document: https://spec.openapis.org/oas/v3.1.0. */
export function openApiOf(facts: InterfaceFacts): Json {
  const { title, version, url } = facts;
  const sends = describedMessages(facts, "sends");
  const ids = identifiers(sends.map(({ name }) => name));
  const paths = sends.flatMap((message) => {
    const encoded = encodeURIComponent(message.name);
    const id = ids.get(message.name) ?? "";
    return [
      [`/v1/send/${encoded}`, { post: sendOperation(message, id) }],
      [`/v1/request/${encoded}`, { post: requestOperation(message, id) }],
    ] as const;
  });
  return {
    openapi: "3.1.0",
    info: { title: title || "Exosphere application", version: version || "0.0.0", description: about },
    servers: [{ url }],
    tags: [{ name: "messages" }, { name: "sessions" }],
    paths: { ...Object.fromEntries(paths), ...sessionPaths },
    components: {
      schemas: {
        Problem: problemSchema,
        Ids: idsSchema,
        Session: sessionSchema,
        Message: messageSchema({ type: "string" }, {}, false),
      },
      parameters,
      responses: {
        Problem: {
          description: "It was refused, or failed: RFC 9457.",
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
      securitySchemes: {
        token: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        session: { type: "apiKey", in: "header", name: "exo-session" },
      },
    },
  };
}

const about =
  "Messages that clients may send, and requests that they may make. What is pushed to them is in /asyncapi.json.";

function header(name: string, description: string, schema: Json = { type: "string" }): Json {
  return { name, in: "header", required: false, description, schema };
}

/** Quoted, as in the draft, or bare. */
const idempotencyKey: Json = {
  type: "string",
  pattern: '^("[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]{1,200}"|[\\w.:+/=-]{1,200})$',
};

/** The headers of messages, but for those of traces: they are what tracing adds to any call. */
const messageHeaders: Json = Object.fromEntries(
  fieldsFrom("clientHeaders")
    .filter(({ form }) => form.type !== "trace")
    .map(({ header: name = "", about, form }) => [pascalCase(name), header(name, about, headerSchemaOf(form))]),
);

const parameters: Json = {
  ...messageHeaders,
  IdempotencyKey: header("idempotency-key", "The same key gives the same answer.", idempotencyKey),
  LastEventId: header("last-event-id", "The id of the last event, to go on after it."),
};

const messageParameters = [...Object.keys(messageHeaders), "IdempotencyKey"].map((name) => ({
  $ref: `#/components/parameters/${name}`,
}));

/** `exo-message-id` as `MessageId`. */
function pascalCase(header: string): string {
  return header.replace(/^exo-/, "").replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function operation(
  { name, audience, payload }: DescribedMessage,
  operationId: string,
  summary: string,
  success: Json,
): Json {
  return {
    operationId,
    tags: ["messages"],
    summary: `${summary} '${name}'`,
    description: describeAudience(audience),
    security: securityOf(audience),
    parameters: messageParameters,
    requestBody: { required: false, content: { "application/json": { schema: payload } } },
    responses: { ...success, default: problem },
  };
}

function sendOperation(message: DescribedMessage, id: string): Json {
  return operation(message, `send_${id}`, "Sends", {
    "202": { description: "The bus has it.", content: jsonContent("Ids") },
  });
}

function requestOperation(message: DescribedMessage, id: string): Json {
  return operation(message, `request_${id}`, "Waits for the reply to", {
    "200": { description: "The reply.", content: jsonContent("Message") },
  });
}

/** Any of the ways in which a call may say who makes it. */
function securityOf({ isAnonymous, isUsers, scopes }: Audience): Json[] {
  const needed = isAnonymous || isUsers ? [] : scopes;
  const alternatives = needed.length === 0 ? [{ token: [] }] : needed.map((scope) => ({ token: [scope] }));
  return [...alternatives, { session: [] }, ...(isAnonymous ? [{}] : [])];
}

function jsonContent(schema: string): Json {
  return { "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } };
}

const anyone = [{ token: [] }, { session: [] }, {}];

const sessionPaths: Json = {
  "/v1/session": {
    post: {
      operationId: "open_session",
      tags: ["sessions"],
      summary: "Opens a session, or signs in and refreshes the one that is named",
      security: anyone,
      responses: { "200": { description: "The session.", content: jsonContent("Session") }, default: problem },
    },
    delete: {
      operationId: "end_session",
      tags: ["sessions"],
      summary: "Ends a session",
      security: [{ session: [] }],
      responses: { "204": { description: "It has ended." }, default: problem },
    },
  },
  "/v1/ack": {
    post: {
      operationId: "confirm",
      tags: ["sessions"],
      summary: "Confirms pushed messages up to an offset",
      security: [{ session: [] }],
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: { type: "object", required: ["offset"], properties: { offset: { type: "integer", minimum: 0 } } },
          },
        },
      },
      responses: { "204": { description: "They are confirmed." }, default: problem },
    },
  },
  "/v1/events": {
    get: {
      operationId: "events",
      tags: ["sessions"],
      summary: "Server-sent events: the messages for a session",
      security: anyone,
      parameters: [
        { $ref: "#/components/parameters/LastEventId" },
        {
          name: "names",
          in: "query",
          description: "Only messages of these names, with commas.",
          schema: { type: "string" },
        },
        { name: "ack", in: "query", description: "This client confirms.", schema: { type: "boolean" } },
        { name: "ticket", in: "query", description: "From POST /v1/session.", schema: { type: "string" } },
      ],
      responses: {
        "200": { description: "See /asyncapi.json.", content: { "text/event-stream": { schema: { type: "string" } } } },
        default: problem,
      },
    },
  },
};
