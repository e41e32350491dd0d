import type { ExoError, Move } from "@exosphere/proto";
import type { AppStanding } from "./app-standing.ts";
import { Attachment } from "./attachment.ts";
import type { AttachmentsEvents } from "./attachments-events.ts";
import { LeavingAttachments, leaveIfThrough } from "./leaving.ts";
import type { LinkConfig } from "./link-config.ts";
import type { Outbox } from "./outbox.ts";
import { PendingMove } from "./pending-move.ts";
import { Redial } from "./redial.ts";
import { newKey, registrationOf } from "./registration.ts";
import { refusalsIn } from "./taken.ts";
import { brokerUnavailable, isLasting, noOtherBroker } from "./wire-error.ts";

/**
 * A link's attachments: the one that messages go to, the one that is being opened, and those that it is leaving because
 * their brokers asked it to. A leaving one gives way once the next is ready, and ends when its broker has nothing more for it.
 */
export class Attachments {
  /** Where messages go. */
  current: Attachment | undefined;
  /** The one that was ready last, also after its end: its broker may be found again. */
  latest: Attachment | undefined;
  /** Those that are being left. */
  readonly leaving: LeavingAttachments;
  /** Why there is no broker, while there is none. */
  lastError: ExoError = brokerUnavailable("No broker has been reached yet. Is it running?");
  readonly #config: LinkConfig;
  readonly #outbox: Outbox;
  readonly #events: AttachmentsEvents;
  /** The secret of this link: replies find it by the number that brokers make of it. */
  readonly #key = newKey();
  readonly #redial: Redial;
  #attempt: Attachment | undefined;
  #window: number;
  #standing: AppStanding = { failing: false, probes: 0 };
  #ready = 0;
  /** What the current broker has asked for, until this instance has moved or no longer tries to. */
  #move: PendingMove | undefined;
  #isClosed = false;

  constructor(config: LinkConfig, outbox: Outbox, events: AttachmentsEvents) {
    this.#config = config;
    this.#outbox = outbox;
    this.#events = events;
    this.#window = config.window;
    this.#redial = new Redial(config, () => this.connect());
    this.leaving = new LeavingAttachments(config.clock);
  }

  /** Whether nothing can be sent before the broker that is being left has ended its stream. */
  get isHeld(): boolean {
    return !this.current && !this.#attempt && !this.#redial.isPending && this.leaving.size > 0;
  }

  /** All by which deliveries come. */
  get open(): Attachment[] {
    return this.current ? [this.current, ...this.leaving] : [...this.leaving];
  }

  /**
   * What takes messages that need not go anywhere in particular. While there is no broker for them, those that others may wait for go
   * where handlers are still at work.
   */
  get carrier(): Attachment | undefined {
    return this.current ?? this.leaving.busy;
  }

  setWindow(window: number): void {
    this.#window = window;
    for (const attachment of this.open) attachment.setWindow(window);
  }

  /** How the app gets on, from now on and for brokers to come. */
  setFailing(standing: AppStanding): void {
    this.#standing = standing;
    for (const attachment of this.open) attachment.setFailing(standing);
  }

  /** Opens an attachment, unless there is one or none could be of use. */
  connect(address = this.#nextAddress()): void {
    this.#redial.callOff();
    if (this.#isClosed || this.#attempt || (this.current && !this.#move)) return;
    if (address === undefined) return;
    const registration = registrationOf(this.#config, {
      key: this.#key,
      credit: this.#window,
      epoch: this.latest?.epoch ?? "",
      confirmedThrough: this.latest?.inFlight ? this.#outbox.confirmedThrough(this.latest.inFlight) : 0,
    });
    this.#attempt = new Attachment(address, registration, this.#config, this.#outbox, {
      ...this.#events,
      ready: (attachment) => this.#opened(attachment),
      routes: (_, revision) => this.#events.status({ kind: "routes", revision }),
      waitAgain: (entries, attachment) => {
        this.#events.waitAgain(entries, attachment);
        this.#hold(attachment);
        if (this.current) this.#events.writable(this.current);
      },
      refused: (entry, error) => this.#outbox.refuse(entry, error),
      move: (move, attachment) => this.#askedToMove(move, attachment),
      progressed: (attachment) => {
        leaveIfThrough(attachment);
        this.#events.progressed(attachment);
      },
      closed: (attachment, error) => this.#closed(attachment, error),
    });
  }

  /** Ends all at once. */
  close(error: Error): void {
    this.#isClosed = true;
    this.#redial.callOff();
    this.#move?.stopSearch();
    this.#attempt?.cancel(error);
    for (const attachment of this.open) attachment.cancel(error);
  }

  /** The next broker of the list that this link is not attached to. */
  #nextAddress(): string | undefined {
    return this.#redial.addressBeside(new Set(this.open.map(({ address }) => address)));
  }

  #opened(attachment: Attachment): void {
    const attached = attachment.attached as NonNullable<Attachment["attached"]>;
    const { epoch, takenThrough, agent } = attached;
    const [before, latest] = [this.current, this.latest];
    // The same broker by another address: to it the stream before was broken, and what was sent there is looked up here.
    if (before?.epoch === epoch) before.cancel(brokerUnavailable("This instance has attached again."));
    this.#attempt = undefined;
    const isSameLife = latest?.epoch === epoch;
    const confirmed = latest?.inFlight?.lastConfirmed ?? 0;
    this.latest = attachment;
    this.current = attachment;
    this.#ready += 1;
    const carrier = attachment.open(this.#ready - 1, isSameLife ? Math.max(confirmed, takenThrough) : 0);
    if (before?.isOpen) this.#startLeaving(before);
    this.#move = undefined;
    // Replies find this instance by its key, also those that come from another life of the broker or from another broker.
    if (latest && !latest.isOpen) this.#events.resumed(latest, attachment);
    if (isSameLife) {
      this.#outbox.settleTaken(attached, carrier, refusalsIn(attached));
    } else this.#outbox.giveUpUncertain();
    attachment.setWindow(this.#window);
    if (this.#standing.failing) attachment.setFailing(this.#standing);
    this.#events.writable(attachment);
    this.#events.status({ kind: "attached", broker: attachment.address, agent });
    if (before) leaveIfThrough(before);
  }

  /** Looks for another broker for a while. If there is none, this one is left all the same: it is about to end. */
  #askedToMove(move: Move, attachment: Attachment): void {
    const { address, withinMs, detail } = move;
    this.#events.status({ kind: "move", withinMs, detail });
    if (attachment !== this.current || this.#move || this.#isClosed) return;
    this.#move = new PendingMove(this.#config.clock, move);
    const elsewhere = address === "" ? this.#nextAddress() : address;
    if (elsewhere === undefined) return this.#hold(attachment);
    this.#move.search(() => this.#hold(attachment));
    this.connect(elsewhere);
  }

  /** Sends nothing new to the current broker any more, though there is no other: it waits. */
  #hold(attachment: Attachment): void {
    if (attachment !== this.current) return;
    this.current = undefined;
    const { leftMs: retryMs = 0, why = "" } = this.#move ?? {};
    this.#startLeaving(attachment);
    this.#move = undefined;
    this.lastError = noOtherBroker(attachment.address, why);
    this.#events.status({ kind: "detached", broker: attachment.address, error: this.lastError, retryMs });
    leaveIfThrough(attachment);
    this.#events.ended();
    this.connect();
  }

  #startLeaving(attachment: Attachment): void {
    this.#move?.stopSearch();
    if (attachment.inFlight) this.#outbox.separate(attachment.inFlight);
    this.leaving.add(attachment, this.#move?.byMs);
  }

  #closed(attachment: Attachment, error: ExoError): void {
    const wasCurrent = attachment === this.current;
    if (wasCurrent) {
      this.current = undefined;
      this.#move?.stopSearch();
      this.#move = undefined;
    }
    if (attachment === this.#attempt) this.#attempt = undefined;
    this.#settleRest(attachment, error);
    if (this.leaving.delete(attachment)) {
      const isInOrder = attachment.hasLeft;
      this.#events.status({ kind: "left", broker: attachment.address, error: isInOrder ? undefined : error });
    }
    if (!this.current) this.lastError = error;
    if (!this.current && isLasting(error)) this.#outbox.refuseWaiting(error);
    if (!this.#isClosed) {
      this.#tryAgain(attachment, error, wasCurrent);
      this.#events.ended();
    }
  }

  /** What becomes of what was in flight there. */
  #settleRest(attachment: Attachment, error: ExoError): void {
    const { inFlight } = attachment;
    if (!inFlight) return;
    const unsent = attachment.takeUnsent();
    if (attachment === this.latest) return this.#outbox.rewind(inFlight, unsent);
    this.#outbox.giveUp(inFlight, unsent);
    if (this.current) this.#events.writable(this.current);
    this.#events.abandonedBy(attachment, error);
  }

  #tryAgain(attachment: Attachment, error: ExoError, wasCurrent: boolean): void {
    if (this.current && !this.#move) return;
    if (this.#attempt || this.#redial.isPending) return;
    // The link is done.
    if (wasCurrent && attachment.hasLeft) return;
    const lastedMs = this.#config.clock.nowMs() - attachment.readySinceMs;
    const retryMs = this.#redial.again({ isLeaving: attachment.isLeaving, lastedMs });
    if (!this.current && (wasCurrent || !attachment.inFlight))
      this.#events.status({ kind: "detached", broker: attachment.address, error, retryMs });
  }
}
