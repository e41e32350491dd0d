import type { Entry, Exit, FieldForm, MessageField, ValueTypes } from "./field.ts";
import type { messageFields } from "./fields.ts";

type Fields = typeof messageFields;

/** The name of a field in code. */
export type FieldName = keyof Fields;

/** How a field is kept in memory. */
type Value<F extends FieldName> = ValueTypes[Fields[F]["form"]["type"]];

/** Fields that a message may bring when it enters the bus by a way. */
export type FieldsFrom<Way extends Entry> = {
  [F in FieldName]: Way extends Fields[F]["from"][number] ? F : never;
}[FieldName];

/** Fields that a message has when it leaves the bus by a way. */
export type FieldsTo<Way extends Exit> = {
  [F in FieldName]: Way extends Fields[F]["to"][number] ? F : never;
}[FieldName];

/** The keys that they have in JSON. */
export type MembersTo<Way extends Exit> = {
  [F in FieldsTo<Way>]: Fields[F] extends { readonly json: infer Key } ? Key : never;
}[FieldsTo<Way>];

/** Fields that travel in a message of the contract. */
export type FieldsIn<Part extends keyof MessageField["wire"]> = {
  [F in FieldName]: Fields[F]["wire"] extends Readonly<Record<Part, string>> ? F : never;
}[FieldName];

/** Fields of a form. */
export type FieldsOfForm<Form extends FieldForm["type"]> = {
  [F in FieldName]: Fields[F]["form"]["type"] extends Form ? F : never;
}[FieldName];

type SenderFields = FieldsFrom<Entry>;

type CompletedFields = {
  [F in FieldName]: Fields[F] extends { readonly isCompleted: true } ? F : never;
}[FieldName];

/** What every message has that somebody sends. */
type NeededFields = "name" | "payload";

/** What a sender said of its message, checked; the edge fills in the rest. JSON is its text, empty for none. */
export type Draft = { readonly [F in NeededFields]: Value<F> } & {
  readonly [F in Exclude<SenderFields, NeededFields>]?: Value<F> | undefined;
};

/** What the headers of a request say of its message, or of all its messages. */
export type HeadFrom<Way extends Entry> = { readonly [F in FieldsFrom<Way>]: Value<F> | undefined };

/** What an edge works out where the sender does not say it. */
export type Completion = { readonly [F in CompletedFields]: Value<F> };

/** A message on its way to the bus, complete. What is absent is empty, or 0. `Json`: how JSON text is kept. */
export type OutgoingMessage<Json extends Uint8Array | string = Uint8Array> = {
  readonly [F in SenderFields]: Fields[F]["form"]["type"] extends "json" ? Json : Value<F>;
};

/** What two apps say to each other, beside the ids. */
export type Envelope = { readonly [F in Exclude<FieldsIn<"Envelope">, FieldsOfForm<"id">>]: Value<F> };

/** The same with its ids, as it travels: they are bytes of UTF-8 there. */
export type EncodedEnvelope = Envelope & {
  readonly [F in Extract<FieldsIn<"Envelope">, FieldsOfForm<"id">>]: Uint8Array;
};

/** Fields of a message from the bus that stand beside its envelope. */
type DeliveredFields = Exclude<FieldsIn<"Delivery"> | FieldsOfForm<"id">, FieldsOfForm<"duration">>;

/** A message from the bus. Ids that are absent are empty. */
export type IncomingMessage = { readonly [F in DeliveredFields]: Value<F> } & { readonly envelope: Envelope };

/** What of a message from the bus its JSON is written from. JSON text in it was checked where it left the bus. */
export type ShownMessage = Omit<IncomingMessage, "envelope"> & {
  readonly envelope: Pick<Envelope, Extract<keyof Envelope, FieldsTo<"appJson" | "clientJson">>>;
};

/** A message on which the security role decides. JSON text in it was checked. */
export type JudgedMessage = {
  readonly [F in Exclude<FieldsTo<"securityJson">, "isSecurity">]: Value<F>;
};

/** Where a reply goes: copied from the delivery that it answers. It is valid at every broker, whenever that was started. */
export interface ReturnPath {
  /** The number of the requester. */
  readonly requester: number;
  /** The requester's own number for its request. */
  readonly replyRequest: number;
}
