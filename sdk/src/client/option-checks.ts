import { longestTimerMs } from "@exosphere/link";

/** What is wrong with a value, or undefined. */
type Check = (value: unknown) => string | undefined;

const text: Check = (value) =>
  typeof value === "string" && value !== "" ? undefined : "must be text that is not empty";

const integer =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `must be a whole number from ${least} to ${most}`;

const call: Check = (value) => (typeof value === "function" ? undefined : "must be a function");

const flag: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");

/** `host:port`, with names, IPv4 or IPv6 in brackets, or what grpc-js calls a unix socket. */
const address = /^(?:(?:[\w.-]+|\[[\da-fA-F:.]+\]):\d{1,5}|unix:.+)$/;

/** What is wrong with addresses of brokers, as a text with commas or a list; undefined if nothing is. */
export const addresses: Check = (value) => {
  const given = typeof value === "string" ? value.split(",").map((each) => each.trim()) : value;
  if (Array.isArray(given) && given.length > 0 && given.every((each) => typeof each === "string" && address.test(each)))
    return undefined;
  const list: readonly unknown[] = Array.isArray(given) ? given : [];
  const [, host] = list.map((each) => /^[\w+.-]+:\/\/([^/?#]+)/.exec(String(each))).find((match) => match) ?? [];
  if (host !== undefined) return `must be host:port without a scheme or a path: write ${hostAndPort(host)}`;
  return "must be brokers as host:port, such as 127.0.0.1:4100";
};

/** What is wrong with the path of a sidecar's socket; undefined if nothing is. */
export const socketPath: Check = (value) =>
  typeof value === "string" && value.startsWith("unix:")
    ? `must be a path without a scheme: write ${value.replace(/^unix:(?:\/\/)?/, "")}`
    : text(value);

/** An address as it is to be written, of what stands between scheme and path in a URL. */
function hostAndPort(host: string): string {
  const bare = host.slice(host.lastIndexOf("@") + 1);
  return /:\d+$/.test(bare) ? bare : `${bare}:${defaultPort}`;
}

const log: Check = (value) =>
  ["debug", "info", "warn", "error"].every((level) => typeof (value as Record<string, unknown>)?.[level] === "function")
    ? undefined
    : "must have the methods debug, info, warn and error, as pino's loggers do";

const transport: Check = (value) =>
  typeof (value as Record<string, unknown> | null)?.dial === "function" ? undefined : "must have a function 'dial'";

/** Where brokers listen unless told otherwise. */
const defaultPort = 4100;

/** Every option, and what it must be. */
const checks = {
  role: text,
  socket: socketPath,
  broker: addresses,
  token: text,
  // Brokers give an instance no more at once.
  concurrency: integer(1, 65_536),
  maxPayloadBytes: integer(1, 1024 ** 3),
  maxOutboxMessages: integer(1, 10_000_000),
  maxOutboxBytes: integer(1, Number.MAX_SAFE_INTEGER),
  graceMs: integer(0, longestTimerMs),
  log,
  onError: call,
  transport,
  signals: flag,
  concurrencyOf: (value) =>
    typeof value === "object" && value !== null ? undefined : 'must be an object: { "message name": number }',
  beforeAll: call,
  afterAll: call,
} as const satisfies Record<string, Check>;

/** The name of any option. */
export type OptionName = keyof typeof checks;

/** Options of a service alone. */
const ofServices: ReadonlySet<string> = new Set([
  "signals",
  "concurrencyOf",
  "beforeAll",
  "afterAll",
] satisfies OptionName[]);

/**
 * Looks at options that may come from JavaScript. Throws a TypeError that says all that is wrong with them: an option that
 * is not known is a typing mistake, and would else do nothing without a word.
 */
export function checkOptions(options: object, isService = false): void {
  if (typeof options !== "object" || options === null) throw new TypeError("The options must be an object.");
  const known = Object.keys(checks).filter((name) => isService || !ofServices.has(name));
  const mistakes = Object.entries(options).flatMap(([name, value]) => {
    if (!known.includes(name)) return [`there is no option '${name}'${similar(name, known)}`];
    const mistake = value === undefined ? undefined : checks[name as OptionName](value);
    return mistake === undefined ? [] : [`'${name}' ${mistake}`];
  });
  if (mistakes.length > 0) throw new TypeError(`The options are wrong: ${mistakes.join("; ")}.`);
}

/** The option that was probably meant: one with the same letters but for one or two. */
function similar(name: string, known: readonly string[]): string {
  const letters = (text: string) => [...text.toLowerCase()].sort();
  const near = known.find((each) => {
    const rest = letters(name);
    const missing = letters(each).filter((letter) => {
      const index = rest.indexOf(letter);
      if (index >= 0) rest.splice(index, 1);
      return index < 0;
    });
    return missing.length + rest.length <= 2;
  });
  return near ? ` (did you mean ${near}?)` : `; there are ${known.join(", ")}`;
}
