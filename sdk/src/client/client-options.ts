import { randomUUID } from "node:crypto";
import type { LinkOptions } from "@exosphere/link";
import { type Log, stderrLog } from "./log.ts";
import { addresses, checkOptions, socketPath } from "./option-checks.ts";
import type { Transport } from "./transport.ts";

/** Is told what a handler threw, beside the log: for those who collect errors. */
export type OnError = (
  error: unknown,
  message: { readonly name: string; readonly id: string; readonly activityId: string },
) => void;

/** Where and as what to take part in the bus. Whatever is not said comes from the environment. */
export interface ClientOptions {
  /** The role to play. Default: the variable ROLE. */
  readonly role?: string | undefined;
  /** Unix socket of the sidecar. Default: the variable EXOCOM_SOCKET, which a sidecar's app is given. */
  readonly socket?: string | undefined;
  /** Brokers, `host:port`, in order of preference: instead of a sidecar. Default: the variable EXOCOM_BROKER, with commas. */
  readonly broker?: string | readonly string[] | undefined;
  /** The role's attach token, where a broker demands one. A sidecar has its own. */
  readonly token?: string | undefined;
  /** Deliveries that are handled at once; the rest waits at the broker. Default 64. */
  readonly concurrency?: number | undefined;
  /** Largest payload in bytes, as broker and sidecar have it. Default 1 MiB. */
  readonly maxPayloadBytes?: number | undefined;
  /** Messages that may wait for the bus. Default 10,000. */
  readonly maxOutboxMessages?: number | undefined;
  /** Bytes of the messages that may wait for the bus. Default 16 MiB. */
  readonly maxOutboxBytes?: number | undefined;
  /** How long draining may take unless its caller says otherwise, in milliseconds. Default 10 s. */
  readonly graceMs?: number | undefined;
  /** Where to say what happens. Default: lines of JSON on stderr, from the level EXO_LOG_LEVEL on. */
  readonly log?: Log | undefined;
  /** Is told what handlers threw, beside the log. */
  readonly onError?: OnError | undefined;
  /** How the bus is reached, for tests. Default: gRPC. */
  readonly transport?: Transport | undefined;
}

/** Largest payload by default, in bytes: as the broker takes, docs/limits.md. */
const defaultMaxPayloadBytes = 1024 * 1024;

/** Where `exocom serve` listens unless told otherwise. */
const defaultBroker = "127.0.0.1:4100";

/** As many as a single-threaded service with some I/O keeps busy with, as for a sidecar's app. */
const defaultConcurrency = 64;

/** The grace of every process, in milliseconds. */
const defaultGraceMs = 10_000;

/** A client's settings, complete. */
export interface ClientConfig {
  readonly role: string;
  readonly link: LinkOptions;
  readonly maxPayloadBytes: number;
  readonly concurrency: number;
  readonly graceMs: number;
  readonly log: Log;
  readonly onError: OnError;
}

/** Fills in what was not said. Throws a TypeError that says everything that is wrong with the options. */
export function clientConfig(options: ClientOptions, env: Readonly<Record<string, string | undefined>>): ClientConfig {
  checkOptions(options);
  const { socket, broker, token, transport, maxOutboxMessages, maxOutboxBytes } = options;
  const role = options.role ?? env.ROLE;
  if (!role) throw new TypeError("It has to be said which role to play: give the option 'role' or the variable ROLE.");
  const maxPayloadBytes = options.maxPayloadBytes ?? defaultMaxPayloadBytes;
  return {
    role,
    maxPayloadBytes,
    concurrency: options.concurrency ?? defaultConcurrency,
    graceMs: options.graceMs ?? defaultGraceMs,
    log: options.log ?? stderrLog(role, env.EXO_LOG_LEVEL),
    onError: options.onError ?? (() => {}),
    link: {
      role,
      maxPayloadBytes,
      brokers: placesOf(socket, broker) ?? placesOfEnvironment(env) ?? [defaultBroker],
      instanceId: randomUUID(),
      agent: `exosphere-sdk node/${process.versions.node}`,
      ...(token !== undefined && { token }),
      ...(maxOutboxMessages !== undefined && { maxOutboxMessages }),
      ...(maxOutboxBytes !== undefined && { maxOutboxBytes }),
      ...transportOf(role, transport),
    },
  };
}

function transportOf(role: string, transport: Transport | undefined): Partial<LinkOptions> {
  if (!transport) return {};
  const { dial, clock, schedule, onRefused } = transport;
  return {
    dial,
    ...(clock && { clock }),
    ...(schedule && { schedule }),
    ...(onRefused && { onRefused: (name, error) => onRefused(role, name, error) }),
  };
}

/** Where the environment says that the bus is. Throws a TypeError that names the variable if that is not an address. */
function placesOfEnvironment({ EXOCOM_SOCKET, EXOCOM_BROKER }: Readonly<Record<string, string | undefined>>) {
  const mistake = EXOCOM_SOCKET ? socketPath(EXOCOM_SOCKET) : EXOCOM_BROKER ? addresses(EXOCOM_BROKER) : undefined;
  if (mistake === undefined) return placesOf(EXOCOM_SOCKET, EXOCOM_BROKER);
  const variable = EXOCOM_SOCKET ? `EXOCOM_SOCKET '${EXOCOM_SOCKET}'` : `EXOCOM_BROKER '${EXOCOM_BROKER}'`;
  throw new TypeError(`The variable ${variable} ${mistake}.`);
}

function placesOf(
  socket: string | undefined,
  broker: string | readonly string[] | undefined,
): readonly string[] | undefined {
  if (socket) return [`unix:${socket}`];
  if (!broker || broker.length === 0) return undefined;
  return typeof broker === "string" ? broker.split(",").map((address) => address.trim()) : broker;
}
