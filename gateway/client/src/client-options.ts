/** What is used of a WebSocket. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** Where a session is kept over a reload of the page: `sessionStorage`, or anything with its two methods. */
export interface SessionStorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** A JWT, or what gets one: asked at every connection and before the last one expires. Nothing: an anonymous session. */
export type TokenSource = string | (() => Token | Promise<Token>);

type Token = string | null | undefined;

/** How to take part. */
export interface ClientOptions {
  /** The gateway: `ws://` or `wss://`, with the path `/v1/socket`. */
  readonly url: string;
  /** Who the user is. Without it: an anonymous session. */
  readonly token?: TokenSource;
  /** Confirms each message once its handlers are through, so that the bus knows that it arrived. Default false. */
  readonly ack?: boolean;
  /** Only messages of these names are pushed. Default: all that this client may get. */
  readonly names?: readonly string[];
  /** Keeps the session over a reload of the page. One tab each: `sessionStorage`. Default: memory alone. */
  readonly storage?: SessionStorageLike;
  /** Under which key it is kept. Default `exosphere`. */
  readonly storageKey?: string;
  /** Messages that may wait for the connection, or for their answer. Default 1,000. */
  readonly maxQueueMessages?: number;
  /** Characters of their payloads. Default 4 Mi. */
  readonly maxQueueChars?: number;
  /** First and longest pause between attempts to connect, in milliseconds. Default 250 and 10,000, each with jitter. */
  readonly backoffMs?: readonly [first: number, longest: number];
  /** Is told what a handler threw. Default: `console.error`. */
  readonly onError?: (error: unknown) => void;
  /** Default: the one of the platform. */
  readonly WebSocket?: new (
    url: string,
  ) => WebSocketLike;
}

/** Options, complete. */
export type ClientConfig = Required<Omit<ClientOptions, "token" | "names" | "storage">> &
  Pick<ClientOptions, "token" | "names" | "storage">;

/** Fills in what was not said. Throws a TypeError for what cannot work. */
export function clientConfig(options: ClientOptions): ClientConfig {
  const { protocol } = new URL(options.url);
  if (protocol !== "ws:" && protocol !== "wss:") {
    throw new TypeError(`'${options.url}' is not a WebSocket's address: it begins with ws:// or wss://.`);
  }
  return {
    ack: false,
    storageKey: "exosphere",
    maxQueueMessages: 1000,
    maxQueueChars: 4 * 1024 * 1024,
    // Quick after a blip; at most ten seconds, so that a gateway that is back is found soon, by clients that come apart.
    backoffMs: [250, 10_000],
    onError: (error) => console.error(error),
    WebSocket: globalThis.WebSocket as unknown as ClientConfig["WebSocket"],
    ...options,
  };
}
