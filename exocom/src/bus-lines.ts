import type { AcceptedMessage, Instance, Observer } from "@exosphere/broker";
import { decodeEnvelope } from "@exosphere/frames";
import { textOf } from "@exosphere/message/json";
import { ExoError } from "@exosphere/proto";
import { printable } from "@exosphere/telemetry";

/** Who said it, and under which name. */
interface Spoken {
  readonly role: string;
  readonly name: string;
}

/** Raw line ends in JSON stand between tokens only. */
const lineEnds = /[\r\n]+/g;

/** What the all-in-one prints of its bus, one line each. Programs read these lines: they stay as they are, to the letter. */
export class BusLines implements Observer {
  readonly #print: (line: string) => void;
  readonly #isService: (instance: Instance) => boolean;
  /** The core does not keep who sent a message. */
  readonly #senders = new WeakMap<AcceptedMessage, Spoken>();

  /** `isService` says whether there is a service behind an instance. */
  constructor(print: (line: string) => void, isService: (instance: Instance) => boolean) {
    this.#print = print;
    this.#isService = isService;
  }

  online(port: number): void {
    this.#print(`ExoCom online at port ${port}`);
  }

  /** A message of a role was not taken. Other reasons than those that are pinned are in the log. */
  notTaken(role: string, name: string, error: Error): void {
    const { reason } = ExoError.from(error);
    if (reason === "NOT_ALLOWED")
      this.#print(`Warning: Service '${plain(role)}' is not allowed to broadcast the message '${plain(name)}'`);
    else if (reason === "NO_RECEIVERS") this.#print(`Warning: No receivers for message '${plain(name)}' registered`);
  }

  // Fields, as an observer is put together from several.
  readonly attached = (instance: Instance): void => {
    if (this.#isService(instance)) this.#print(`'${instance.role.name}' registered`);
  };

  readonly detached = (instance: Instance): void => {
    if (this.#isService(instance)) this.#print(`'${instance.role.name}' disconnected`);
  };

  /** The security role refused a message, or gave no verdict on it. */
  readonly refused: NonNullable<Observer["refused"]> = ({ role, name, activity }) =>
    this.#print(
      `Warning: Unauthorized message '${plain(name)}' from '${plain(role)}' with activityId '${plain(activity)}'`,
    );

  readonly publishes: NonNullable<Observer["publishes"]> = (sender, { name, subscriptions }, message) => {
    this.#senders.set(message, { role: sender.role.name, name });
    for (const { role } of subscriptions) {
      if (![...role.instances].some(this.#isService)) this.#print(`No connected service for role '${role.name}'`);
    }
  };

  readonly delivers: NonNullable<Observer["delivers"]> = ({ message, subscription }, { role }) => {
    const { role: from, name } = this.#senders.get(message) ?? { role: "exocom", name: subscription.publicName };
    const names = name === subscription.name ? `[ ${name} ]` : `[ ${name} ]-[ ${subscription.name} ]`;
    const time = message.responseTimeNs > 0 ? `  ( ${(message.responseTimeNs / 1e6).toFixed(1)}ms )` : "";
    this.#print(`${from}  --${names}->  ${role.name}${time}`);
    this.#print(payloadLine(message.envelope));
  };
}

/** A payload in one line, otherwise as it was sent. Senders of other languages may send what is not an envelope. */
function payloadLine(envelope: Uint8Array): string {
  let payload: Uint8Array;
  try {
    payload = decodeEnvelope(envelope).payload;
  } catch {
    return "(malformed)";
  }
  return payload.length === 0 ? "null" : plain(textOf(payload).replace(lineEnds, ""));
}

/** What clients say in one line. */
function plain(text: string): string {
  return printable(text.replace(lineEnds, " "), { keepTabs: true });
}
