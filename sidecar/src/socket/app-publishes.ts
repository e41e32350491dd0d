import { NumberMap } from "@exosphere/collections";
import { envelopeOverheadBytes } from "@exosphere/frames";
import type { Accepted, Forwarded, Incoming } from "@exosphere/link";
import { ExoError, type Publish } from "@exosphere/proto";
import type { Confirmations } from "./confirmations.ts";
import { malformed } from "./malformed.ts";
import type { PublishHost } from "./session-host.ts";
import type { SessionNames } from "./session-names.ts";

/** What is known of the app's stream, and how to answer on it. */
export interface AppStream {
  readonly confirmations: Confirmations;
  readonly names: SessionNames;
  /** The reply to a request of the app. */
  readonly reply: (reply: Incoming, request: number) => void;
  /** A request of the app with many replies has had its last one. */
  readonly answered: (request: number) => void;
  readonly undeliverable: (request: number, error: ExoError) => void;
}

/** What the app sends by one stream: passed on with its envelope untouched, and confirmed when the bus has confirmed it. */
export class AppPublishes {
  readonly #host: PublishHost;
  readonly #stream: AppStream;
  /** Open requests: the app's number, and that of the link to the bus. */
  readonly #requests = new NumberMap<number>();
  #isEnded = false;

  constructor(host: PublishHost, stream: AppStream) {
    this.#host = host;
    this.#stream = stream;
  }

  /** Passes a message on that came at `nowMs`. */
  add(publish: Publish, sequence: number, nowMs: number): void {
    const { request, replyRequest } = publish;
    const { names, confirmations } = this.#stream;
    const name = names.sent(publish.name) ?? "";
    const accepted = (error: Error | undefined) => {
      this.#host.observer.sent(name, error);
      if (this.#isEnded) return;
      if (error) confirmations.refused(sequence, error);
      // Whoever asked waits for the reply, and whoever replied is done; all others wait for this confirmation.
      else confirmations.accepted(sequence, request === 0 && replyRequest === 0);
    };
    const mistake = this.#mistakeOf(publish);
    if (mistake) return accepted(mistake);
    const message = this.#forwarded(name, publish);
    if (request === 0) this.#host.bus.forward(message, accepted);
    else this.#request(message, request, nowMs, accepted);
  }

  /** The app no longer waits for a reply. */
  abandon(request: number): void {
    const number = this.#requests.get(request);
    if (number === undefined) return;
    this.#requests.delete(request);
    this.#host.bus.abandon(number);
  }

  /** The stream is gone, and with it all who waited. */
  end(): void {
    this.#isEnded = true;
    for (const request of [...this.#requests.keys()]) this.abandon(request);
  }

  #forwarded(name: string, publish: Publish): Forwarded {
    const { activityId, envelope, lifetimeMs, confirmWithinMs, requester, replyRequest, awaiting, many, more } =
      publish;
    return {
      name,
      activityId,
      envelope,
      // A little less than the app itself waits, so that it hears what was wrong rather than nothing.
      deadlineMs: lifetimeMs - Math.min(50, Math.floor(lifetimeMs / 20)),
      confirmWithinMs,
      returnPath: replyRequest === 0 ? undefined : { requester, replyRequest },
      isReplyGuessed: publish.replyGuessed,
      awaiting,
      many,
      more,
    };
  }

  #request(message: Forwarded, request: number, startedMs: number, accepted: Accepted): void {
    const { bus, observer } = this.#host;
    let isRefused = false;
    const acceptedOrNot = (error: Error | undefined) => {
      isRefused = error !== undefined;
      if (error) this.#requests.delete(request);
      accepted(error);
    };
    const number = bus.forward(message, acceptedOrNot, (error, reply) => {
      const isLast = !(reply?.isMore && message.many);
      if (isLast) {
        this.#requests.delete(request);
        observer.answered(message.name, ((reply?.cameMs ?? performance.now()) - startedMs) / 1000);
      }
      if (this.#isEnded) return;
      if (reply) this.#stream.reply(reply, request);
      else if (error) this.#stream.undeliverable(request, ExoError.from(error));
      else this.#stream.answered(request);
    });
    if (!isRefused) this.#requests.set(request, number);
  }

  #mistakeOf({ envelope, activityId, schedule }: Publish): ExoError | undefined {
    const limit = this.#host.maxPayloadBytes;
    if (envelope.byteLength > limit + envelopeOverheadBytes)
      return new ExoError("PAYLOAD_TOO_LARGE", `The limit is ${limit} bytes. Send less, or raise --max-payload.`);
    if (activityId.length === 0 || activityId.length > 1020)
      return malformed("An activity id has 1 to 255 characters.");
    return schedule && malformed("This sidecar delivers no messages later: send it when it is due.");
  }
}
