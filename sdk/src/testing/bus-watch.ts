import type { AcceptedMessage, Delivery, Instance, Loss, Observer, Permission } from "@exosphere/broker/embedded";
import { decodeEnvelope } from "@exosphere/frames";
import { textOf } from "@exosphere/link";
import { ExoError } from "@exosphere/proto";
import { shown, thrownText, type Unexpected } from "./unexpected.ts";

/** Messages and mishaps that are remembered, beyond which the oldest are forgotten: a mock that nobody resets must not grow. */
const maxRemembered = 10_000;

/** Handlers without a reply that a failure tells of: the last ones are those of the test that fails. */
const maxSilent = 5;

/** A message that a service under test has sent. */
export interface SaidMessage {
  /** The role that sent it. */
  readonly role: string;
  /** That role's name for it. */
  readonly name: string;
  readonly payload: unknown;
  readonly auth: unknown;
  readonly id: string;
  readonly activityId: string;
  /** The roles that receive it. */
  readonly receivers: readonly string[];
}

/** A message of a service, and whether the test knows of it. */
interface Record {
  readonly said: SaidMessage;
  /** Role and name of each copy. */
  readonly copies: ReadonlySet<string>;
  isExpected: boolean;
}

/** What the watch has to know of the bus around it. */
export interface WatchHost {
  /** Whether the test plays a role. */
  isPlayed(role: string): boolean;
  /** How a test takes note of a message, as text. */
  advice(role: string, name: string): string;
  /** Something happened. */
  moved(): void;
}

/** Sees what happens on a test bus, and keeps what nobody asked for. */
export class BusWatch {
  readonly #host: WatchHost;
  #records: Record[] = [];
  readonly #byMessage = new WeakMap<AcceptedMessage, Record>();
  #mishaps: Unexpected[] = [];
  /** Of handlers that ended without a reply to a request. */
  #silent: string[] = [];
  /** What handlers threw, by name and activity, until the broker has told of it. */
  readonly #thrown = new Map<string, unknown>();
  readonly #attached = new Map<string, number>();
  #isClosed = false;

  constructor(host: WatchHost) {
    this.#host = host;
  }

  /** What the broker's core tells. */
  readonly observer: Observer = {
    attached: (instance) => this.#attach(instance),
    detached: ({ role: { name } }) => this.#attached.set(name, (this.#attached.get(name) ?? 1) - 1),
    publishes: (sender, permission, message) => this.#publish(sender, permission, message),
    delivers: (delivery, instance) => this.#deliver(delivery, instance),
    lost: (loss) => this.#lose(loss),
    ends: (delivery, _instance, outcome) => this.#end(delivery, outcome),
  };

  /** What services have sent, oldest first. */
  get said(): readonly SaidMessage[] {
    return this.#records.map(({ said }) => said);
  }

  /** How many instances a role has. */
  instancesOf(role: string): number {
    return this.#attached.get(role) ?? 0;
  }

  /** The test knows of a message. */
  expect({ id, activityId }: { readonly id: string; readonly activityId: string }): void {
    for (const record of this.#records)
      if (record.said.id === id && record.said.activityId === activityId) record.isExpected = true;
  }

  /** A message of a role was not taken. */
  refused(role: string, name: string, thrown: Error): void {
    const { reason, detail } = ExoError.from(thrown);
    // A service that is being closed is refused what it still says.
    if (this.#isClosed || this.#host.isPlayed(role) || reason === "DRAINING") return;
    const text = `'${role}' could not send '${name}' (${reason}): ${detail}`;
    this.#mishap({ kind: "refused", role, name, reason, text });
  }

  /** An attachment was refused, or ended by the broker. */
  attachRefused({ reason, detail, facts }: ExoError): void {
    if (this.#isClosed || reason === "DRAINING") return;
    const text = `A service could not attach (${reason}): ${detail}`;
    this.#mishap({ kind: "attachment", role: String(facts.role ?? ""), reason, text });
  }

  /** A handler of a service threw. */
  threw(error: unknown, { name, activityId }: { readonly name: string; readonly activityId: string }): void {
    if (this.#thrown.size < maxRemembered) this.#thrown.set(keyOf(name, activityId), error);
  }

  /** Everything so far that the test did not ask for. */
  unexpected(): readonly Unexpected[] {
    const messages = this.#records.filter(({ isExpected }) => !isExpected).map(({ said }) => this.#unexpected(said));
    return [...messages, ...this.#mishaps];
  }

  /** Handlers that ended without a reply, although somebody asked; oldest first. */
  get silent(): readonly string[] {
    return this.#silent;
  }

  /** An error of a request, with what the handler threw that has failed, as its cause and in its detail. */
  explained(error: unknown): unknown {
    if (!(error instanceof ExoError) || error.reason !== "HANDLER_FAILED") return error;
    const { reason, detail, facts } = error;
    const mishap = this.#mishaps.findLast((each) => each.kind === "lost" && each.activityId === facts.activityId);
    if (mishap?.kind !== "lost" || mishap.error === undefined) return error;
    const text = `${detail.replace(" The log of the service says more.", "")} It threw ${thrownText(mishap.error)}.`;
    return new ExoError(reason, text, { facts, cause: mishap.error });
  }

  /** Forgets all that was. */
  reset(): void {
    this.#records = [];
    this.#mishaps = [];
    this.#silent = [];
    this.#thrown.clear();
  }

  /** What ends from now on is nobody's fault. */
  close(): void {
    this.#isClosed = true;
  }

  #attach({ role: { name } }: Instance): void {
    this.#attached.set(name, this.instancesOf(name) + 1);
    if (!this.#host.isPlayed(name) || this.instancesOf(name) < 2) return;
    const text = `A service attached as '${name}', which this test plays as well: each gets only a part of the messages. Play another role, or do not start that service.`;
    this.#mishap({ kind: "attachment", role: name, reason: "PLAYED", text });
  }

  #publish(sender: Instance, { name, subscriptions }: Permission, message: AcceptedMessage): void {
    const { role } = sender;
    this.#host.moved();
    if (this.#host.isPlayed(role.name)) return;
    const { payload, auth, id } = decodeEnvelope(message.envelope);
    const said = {
      role: role.name,
      name,
      payload: parsed(payload),
      auth: parsed(auth),
      id: textOf(id),
      activityId: message.activity,
      receivers: subscriptions.map((each) => each.role.name),
    };
    const copies = new Set(subscriptions.map((each) => keyOf(each.role.name, each.name)));
    const record = { said, copies, isExpected: false };
    this.#records.push(record);
    if (this.#records.length > maxRemembered) this.#records.shift();
    this.#byMessage.set(message, record);
  }

  #deliver({ message, answers }: Delivery, { role }: Instance): void {
    const record = this.#byMessage.get(message);
    // Services expect what they receive, and who asks expects the answer.
    if (record && (answers !== 0 || !this.#host.isPlayed(role.name))) record.isExpected = true;
  }

  #lose({ role, name, activity, outcome, detail }: Loss): void {
    this.#host.moved();
    const key = keyOf(name, activity);
    const error = this.#thrown.get(key);
    this.#thrown.delete(key);
    // What the test's own roles do with a message, and what nobody waited for anyway, is told otherwise.
    if (this.#isClosed || this.#host.isPlayed(role)) return;
    const isOfService = this.#records.some(
      ({ said, copies }) => said.activityId === activity && copies.has(keyOf(role, name)),
    );
    if (isOfService && outcome !== "handler_failed" && outcome !== "dead") return;
    const why = error === undefined ? detail : `it threw ${thrownText(error)}`;
    const text = `'${name}' ended as ${outcome} at '${role}': ${why}`;
    this.#mishap({ kind: "lost", role, name, activityId: activity, outcome, error, text });
  }

  #unexpected(said: SaidMessage): Unexpected {
    const { role, name, payload, id, activityId, receivers } = said;
    const played = receivers.filter((receiver) => this.#host.isPlayed(receiver));
    const [receiver = "…"] = played.length > 0 ? played : receivers;
    const who =
      played.length > 0
        ? `nobody waited for it at ${played.map((each) => `'${each}'`).join(", ")}`
        : "nobody plays a role that receives it";
    const advice = this.#host.advice(receiver, name);
    const text = `'${role}' sent '${name}' ${shown(payload)}, and ${who}: ${advice}.`;
    return { kind: "message", role, name, payload, id, activityId, text };
  }

  #end({ message, subscription: { role, name } }: Delivery, outcome: string): void {
    if (outcome !== "ok" || message.replyRequest === 0 || this.#host.isPlayed(role.name)) return;
    if (this.#records.some(({ said }) => said.role === role.name && said.activityId === message.activity)) return;
    this.#silent.push(
      `The handler of '${name}' at '${role.name}' has ended without a reply: a handler has to return or yield it, or call reply().`,
    );
    if (this.#silent.length > maxSilent) this.#silent.shift();
  }

  #mishap(mishap: Unexpected): void {
    this.#mishaps.push(mishap);
    if (this.#mishaps.length > maxRemembered) this.#mishaps.shift();
  }
}

function keyOf(one: string, other: string): string {
  return `${one}\0${other}`;
}

function parsed(json: Uint8Array): unknown {
  if (json.length === 0) return null;
  try {
    return JSON.parse(textOf(json)) as unknown;
  } catch {
    // Whoever attaches may send any bytes; its receiver is told.
    return textOf(json);
  }
}
