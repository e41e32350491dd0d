import { AssertionError } from "node:assert";
import type { IncomingMessage, ServerResponse } from "node:http";
import { BodyBudget, type Endpoint, refuse, sendJson, sendStatusProblem } from "@exosphere/http";
import { fieldsFrom, type ListedField } from "@exosphere/message/fields";
import { ExoError } from "@exosphere/proto";
import type { PlayedRole, TestBus } from "@exosphere/sdk/testing";
import type { Log } from "@exosphere/telemetry";
import { ControlBody } from "./control-body.ts";
import { answerOf } from "./mocked-answer.ts";

/** What the control needs. */
export interface ControlOptions {
  readonly bus: TestBus;
  /** The role of the service under test, where it is known. */
  readonly role: string | undefined;
  /** The role that plays everybody else, where only the service's own rights are known. */
  readonly otherRole: string | undefined;
  readonly maxPayloadBytes: number;
  readonly log: Log;
}

/** What a control body may have beside its payload, in bytes. */
const bodyOverheadBytes = 64 * 1024;

/** Bodies of the largest size that may be read at once: as many as at a sidecar by default. */
const bodiesAtOnce = 64;

/** An answer: a status, and what to say. */
type Answer = readonly [status: number, body?: unknown];

type Control = (body: ControlBody) => Answer | Promise<Answer>;

/** By which a test in any language tells the mock what to do: JSON over HTTP, below `/mock/`. */
export function controlEndpoints(options: ControlOptions): Endpoint[] {
  const { bus, log, maxPayloadBytes } = options;
  const roles = new RoleFinder(options);
  const room = new BodyBudget(bodiesAtOnce * (maxPayloadBytes + bodyOverheadBytes));
  const controls: Readonly<Record<string, Control>> = {
    "POST /mock/send": async (body) => [202, await sent(body, roles, "send")],
    "POST /mock/request": async (body) => [200, await sent(body, roles, "request")],
    "POST /mock/wait": async (body) => {
      const name = body.needText("name");
      const role = roles.receiver(body.text("role"), name);
      const withinMs = body.number("withinMs", 1);
      body.close();
      return [200, await role.received(name, withinMs === undefined ? {} : { withinMs })];
    },
    "POST /mock/replies": (body) => {
      const name = body.needText("name");
      const role = roles.receiver(body.text("role"), name);
      answerOf(body)(role, name);
      return [204];
    },
    "POST /mock/ignores": (body) => {
      const names = body.texts("names");
      const given = body.text("role");
      body.close();
      for (const name of names) roles.receiver(given, name).ignores(name);
      return [204];
    },
    "GET /mock/messages": async () => {
      await bus.settled();
      return [200, { messages: bus.said }];
    },
    "GET /mock/unexpected": async () => [200, { unexpected: await bus.unexpected() }],
    "POST /mock/assert": async (body) => {
      body.close();
      await bus.assertNoUnexpected();
      return [204];
    },
    "POST /mock/reset": async (body) => {
      body.close();
      await bus.reset();
      return [204];
    },
  };
  return Object.entries(controls).map(([place, control]) => {
    const [method, path] = place.split(" ") as ["GET" | "POST", string];
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      ControlBody.of(request, maxPayloadBytes + bodyOverheadBytes, room)
        .then(control)
        .then(
          ([status, body]) => answer(response, status, body),
          (error: unknown) => fail(response, path, error, log),
        );
    };
    return { method, path, handle };
  });
}

async function sent(body: ControlBody, roles: RoleFinder, how: "send" | "request"): Promise<unknown> {
  const name = body.needText("name");
  const role = roles.sender(body.text("role"), name);
  const payload = body.any("payload");
  const said = fieldsFrom("sdk").map((field) => [field.name, fieldIn(body, field)] as const);
  const options = [...said, ["withinMs", body.number("withinMs", 1)] as const];
  body.close();
  return role[how](name, payload, Object.fromEntries(options.filter(([, value]) => value !== undefined)));
}

/** What a body says of a field, undefined if absent. */
function fieldIn(body: ControlBody, { name, form }: ListedField): unknown {
  switch (form.type) {
    case "json":
      return body.any(name);
    case "duration":
      return body.number(name, 1);
    case "integer":
      return body.number(name, form.min);
    default:
      return body.text(name);
  }
}

/** Finds the role that a request is about, where it does not say. */
class RoleFinder {
  readonly #options: ControlOptions;

  constructor(options: ControlOptions) {
    this.#options = options;
  }

  sender(given: string | undefined, name: string): PlayedRole {
    return this.#role(given, name, "sends", (route) => route.sends);
  }

  receiver(given: string | undefined, name: string): PlayedRole {
    return this.#role(given, name, "receives", (route) => route.receives.map((each) => each.name));
  }

  #role(
    given: string | undefined,
    name: string,
    verb: string,
    namesOf: (route: {
      readonly sends: readonly string[];
      readonly receives: readonly { readonly name: string }[];
    }) => readonly string[],
  ): PlayedRole {
    const { bus, role: own, otherRole } = this.#options;
    if (given !== undefined && given === own)
      throw new ExoError(
        "INVALID_MESSAGE",
        `Role '${given}' is that of the service under test: the test plays others.`,
      );
    const wanted = given ?? otherRole;
    if (wanted !== undefined) return bus.role(wanted);
    const candidates = [...bus.broker.exocom.roles.values()].filter(
      (role) =>
        role.name !== own && (role.instances.size === 0 || bus.plays(role.name)) && namesOf(role.route).includes(name),
    );
    const [only] = candidates;
    if (only && candidates.length === 1) return bus.role(only.name);
    const who = candidates.map((each) => each.name).join(", ") || "no role that the test could play";
    throw new ExoError("INVALID_MESSAGE", `Say by 'role' which role ${verb} '${name}': ${who} does.`);
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  if (body !== undefined) return sendJson(response, status, body);
  response.writeHead(status);
  response.end();
}

function fail(response: ServerResponse, path: string, error: unknown, log: Log): void {
  if (error instanceof AssertionError) {
    // 409 is for what is there and should not be, 504 for what should be there and is not.
    if (path === "/mock/assert") return sendStatusProblem(response, 409, error.message);
    return refuse(response, new ExoError("DEADLINE_EXCEEDED", error.message), log);
  }
  // A role or a name that the routes do not have.
  const told = error instanceof TypeError ? new ExoError("INVALID_MESSAGE", error.message, { cause: error }) : error;
  refuse(response, told, log);
}
