import { randomUUID } from "node:crypto";
import type { LinkOptions } from "../link/link-config.ts";

/** Where and as what to take part in the bus. Whatever is not said comes from the environment. */
export interface ClientOptions {
  /** The role to play. Default: the variable ROLE. */
  readonly role?: string;
  /** Unix socket of the sidecar. Default: the variable EXOCOM_SOCKET, which a sidecar's app is given. */
  readonly socket?: string;
  /** Brokers, `host:port`, in order of preference: instead of a sidecar. Default: the variable EXOCOM_BROKER, with commas. */
  readonly broker?: string | readonly string[];
  /** The role's attach token, where a broker demands one. A sidecar has its own. */
  readonly token?: string;
  /** Largest payload in bytes, as broker and sidecar have it. Default 1 MiB. */
  readonly maxPayloadBytes?: number;
  /** Messages that may wait for the bus. Default 10,000. */
  readonly maxOutboxMessages?: number;
  /** Bytes of the messages that may wait for the bus. Default 16 MiB. */
  readonly maxOutboxBytes?: number;
}

/** CONTRACTS section 6, in bytes. */
const defaultMaxPayloadBytes = 1024 * 1024;

/** Where `exocom serve` listens unless told otherwise. */
const defaultBroker = "127.0.0.1:4100";

/** A client's settings, complete. */
export type ClientConfig = LinkOptions & { readonly maxPayloadBytes: number };

/** Fills in what was not said. Throws a TypeError without a role. */
export function clientConfig(
  { socket, broker, ...options }: ClientOptions,
  env: Readonly<Record<string, string | undefined>>,
): ClientConfig {
  const role = options.role ?? env.ROLE;
  if (!role) throw new TypeError("It has to be said which role to play: give the option 'role' or the variable ROLE.");
  return {
    maxPayloadBytes: defaultMaxPayloadBytes,
    ...options,
    role,
    brokers: placesOf(socket, broker) ?? placesOf(env.EXOCOM_SOCKET, env.EXOCOM_BROKER) ?? [defaultBroker],
    instanceId: randomUUID(),
    agent: `exosphere-sdk node/${process.versions.node}`,
  };
}

function placesOf(
  socket: string | undefined,
  broker: string | readonly string[] | undefined,
): readonly string[] | undefined {
  if (socket) return [`unix:${socket}`];
  if (!broker || broker.length === 0) return undefined;
  return typeof broker === "string" ? broker.split(",").map((address) => address.trim()) : broker;
}
