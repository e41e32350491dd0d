import assert from "node:assert/strict";
import { encodeEnvelope } from "@exosphere/frames";
import { Incoming, systemClock } from "@exosphere/link";
import type { FieldsFrom, FieldsTo, MembersTo } from "@exosphere/message";
import { fieldsFrom, fieldsTo, type ListedField, listedFields } from "@exosphere/message/fields";
import { newDelivery } from "@exosphere/proto";
import { sampleOf } from "@exosphere/testkit/field-samples";
import type { Caller } from "../client/caller.ts";
import { logBy } from "../client/log.ts";
import { type Message, messageOf } from "../client/message.ts";
import { outgoingMessage, type SendOptions } from "../client/outgoing-message.ts";
import type { ShownMessage } from "../security/security.ts";
import { DeliveryContext, type HandlerContext } from "./delivery-context.ts";

// The compiler finds a field that an interface lacks.
const options = {} as Required<SendOptions> satisfies Readonly<Record<FieldsFrom<"sdk">, unknown>>;
const members = {} as Message satisfies Readonly<Record<MembersTo<"sdk">, unknown>>;
const ofContext = {} as HandlerContext satisfies Readonly<Record<FieldsTo<"sdkContext">, unknown>>;
const shown = {} as ShownMessage satisfies Readonly<Record<MembersTo<"securityJson">, unknown>>;
void [options, members, ofContext, shown];

const samples = new Map(listedFields.map((field) => [field.name, sampleOf(field)]));

/** A delivery in which no field is absent. */
function fullIncoming(): Incoming {
  const said = (part: "Envelope" | "Delivery") =>
    Object.fromEntries(
      listedFields.flatMap(({ name, form, wire }) => {
        const { value, header } = samples.get(name) ?? assert.fail();
        return wire[part] === undefined ? [] : [[wire[part], form.type === "json" ? header : value]];
      }),
    );
  const envelope = encodeEnvelope(said("Envelope") as unknown as Parameters<typeof encodeEnvelope>[0]);
  const { activityId, name: _, ...numbers } = said("Delivery");
  const delivery = newDelivery({ ...numbers, activityId: Buffer.from(String(activityId)), envelope });
  return new Incoming({ name: String(samples.get("name")?.value), number: 1, delivery, connection: {} });
}

/** What is expected where a field is read that was sent with its sample. */
function expected({ name, form }: ListedField): unknown {
  if (form.type === "timestamp") return "2023-11-14T22:13:20.999999999Z";
  return samples.get(name)?.value;
}

describe("The fields of a message in the SDK", () => {
  it("are all sent that a caller may set by an option", () => {
    const framing = { defaultDeadlineMs: 0, maxPayloadBytes: 1000, handling: undefined };
    for (const { name, form } of fieldsFrom("sdk")) {
      const { value, header } = samples.get(name) ?? assert.fail();
      // A state belongs to a trace.
      const given =
        name === "tracestate"
          ? { traceparent: samples.get("traceparent")?.value, tracestate: value }
          : { [name]: value };
      const message: object = outgoingMessage("ping", 1, given as SendOptions, framing);
      assert.deepEqual((message as Record<string, unknown>)[name], form.type === "json" ? header : value, name);
    }
  });

  it("are all given to a handler that services get", () => {
    const message = messageOf(fullIncoming()) as unknown as Readonly<Record<string, unknown>>;
    for (const field of fieldsTo("sdk")) assert.deepEqual(message[field.json ?? ""], expected(field), field.name);
    assert.deepEqual(
      Object.keys(message).sort(),
      fieldsTo("sdk")
        .map(({ json }) => json)
        .sort(),
    );
  });

  it("stand in the context of a handler where it goes on with them", () => {
    const incoming = fullIncoming();
    const host = { caller: {} as Caller, clock: systemClock, log: logBy(() => {}) };
    const context = new DeliveryContext(host, incoming, messageOf(incoming)) as unknown as Record<string, unknown>;
    for (const field of fieldsTo("sdkContext")) assert.deepEqual(context[field.name], expected(field), field.name);
  });
});
