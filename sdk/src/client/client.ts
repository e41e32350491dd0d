import { Attachment, defaultGrace } from "./attachment.ts";
import { Caller, type RequestOptions, type Sent } from "./caller.ts";
import { type ClientConfig, type ClientOptions, clientConfig } from "./client-options.ts";
import type { Message } from "./message.ts";
import type { SendOptions } from "./outgoing-message.ts";

/** Takes part in the bus without receiving anything but replies: a web server, a script. */
export class Client {
  readonly #attachment: Attachment;
  readonly #caller: Caller;

  /** See `connect`. */
  constructor(config: ClientConfig) {
    this.#attachment = new Attachment({ ...config, window: 0 }, (incoming) => {
      // Without credit only a reply that nobody waits for any more could come; it is as good as never delivered.
      this.#attachment.link.settle(incoming, { outcome: 5, retryAfterMs: 0, detail: "" });
    });
    this.#caller = new Caller(this.#attachment.link, config.maxPayloadBytes);
  }

  /**
   * Resolves once the bus has taken this instance in. Rejects with NOT_ALLOWED, UNAUTHENTICATED or INVALID_MESSAGE if it
   * does not, with DRAINING if it was closed meanwhile, with the signal's reason if that fires first. Nobody needs to wait
   * for it: messages wait for the bus by themselves.
   */
  ready(signal?: AbortSignal): Promise<void> {
    return this.#attachment.ready(signal);
  }

  /**
   * Sends a message. Resolves once the bus has accepted it, which means that at least one receiver's copy waits or was
   * delivered. Rejects with an ExoError (NOT_ALLOWED, NO_RECEIVERS, PAYLOAD_TOO_LARGE, QUEUE_FULL, BROKER_UNAVAILABLE, …), or
   * with the signal's reason.
   */
  send(name: string, payload?: unknown, options?: SendOptions): Promise<Sent> {
    return this.#caller.send(name, payload, options);
  }

  /**
   * Sends a message and resolves with the reply. Rejects as `send` does, and with NO_INSTANCE, HANDLER_FAILED or
   * DEADLINE_EXCEEDED. The signal abandons the request and rejects with its reason.
   */
  request(name: string, payload?: unknown, options?: RequestOptions): Promise<Message> {
    return this.#caller.request(name, payload, options);
  }

  /** Takes nothing new, waits for what is under way and leaves; by force when `deadline` fires, default after 10 s. */
  drain(deadline: AbortSignal = defaultGrace()): Promise<void> {
    return this.#attachment.drain(deadline);
  }

  /** Leaves at once. What waits rejects with DRAINING. */
  close(): void {
    this.#attachment.link.close();
  }
}

/**
 * Takes part in the bus: through the sidecar's socket, or straight at a broker. Returns at once; the connection is made,
 * and made again whenever it breaks, in the background. Throws a TypeError if nothing says which role to play.
 */
export function connect(options: ClientOptions = {}): Client {
  return new Client(clientConfig(options, process.env));
}
