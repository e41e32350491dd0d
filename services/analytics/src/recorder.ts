import type { TapResponse } from "@exosphere/proto";
import type { WatchState } from "./bus/bus-watch.ts";
import { eventOfTap } from "./bus/event-of-tap.ts";
import { sampleOfStats } from "./bus/sample-of-stats.ts";
import { ActivityLog } from "./core/activity-log.ts";
import type { BusEvent } from "./core/bus-event.ts";
import { History } from "./core/history.ts";
import type { GuardedArchive } from "./store/guarded-archive.ts";

/** Events that whoever opens the tap sees at first. */
const recentEvents = 300;
/** Names of replies that are kept: more than an application has. */
const maxReplies = 2_000;
/** How often what has changed is written, in milliseconds. */
const saveMs = 500;
/** How often the archive is kept in its bounds, in milliseconds. */
const pruneMs = 5_000;

/** What a tap said of itself. */
export interface TapState {
  /** The share of the activities that is read: 1 is all. */
  readonly share: number;
  /** Events of activities that were left out. */
  readonly skipped: number;
  /** Events that could not be taken. */
  readonly dropped: number;
}

type Listener<Value> = (value: Value) => void;

/** Takes what the broker tells, keeps it, and tells those who watch. */
export class Recorder {
  readonly history: History;
  readonly activities: ActivityLog;
  readonly archive: GuardedArchive;
  state: WatchState = { isConnected: false, broker: "", problem: "Connecting …" };
  tap: TapState = { share: 1, skipped: 0, dropped: 0 };
  /** Names of messages that were seen as replies. */
  readonly replies = new Set<string>();
  /** Events that were read. */
  events = 0;
  readonly #redact: (json: string, isCut?: boolean) => string;
  readonly #now: () => number;
  readonly #tickers = new Set<Listener<void>>();
  readonly #tapListeners = new Set<Listener<readonly BusEvent[]>>();
  readonly #timers: NodeJS.Timeout[];
  #recent: BusEvent[] = [];

  constructor(options: {
    archive: GuardedArchive;
    keepMs: number;
    redact: (json: string, isCut?: boolean) => string;
    now: () => number;
  }) {
    const { archive, keepMs, redact, now } = options;
    this.archive = archive;
    this.#redact = redact;
    this.#now = now;
    this.history = new History(keepMs, archive.slots(now()), (slot) => archive.saveSlot(slot));
    this.activities = new ActivityLog(archive);
    this.#timers = [
      setInterval(() => this.activities.save(this.#now()), saveMs),
      setInterval(() => archive.prune(this.#now()), pruneMs),
    ];
  }

  /** The latest events, the oldest first. */
  get recent(): readonly BusEvent[] {
    return this.#recent;
  }

  takeStats(response: Parameters<typeof sampleOfStats>[0]): void {
    this.history.add(sampleOfStats(response));
    for (const ticker of this.#tickers) ticker();
  }

  takeTap({ events, share, skipped, dropped }: TapResponse): void {
    this.tap = { share, skipped, dropped };
    if (events.length === 0) return;
    const heard: BusEvent[] = [];
    for (const each of events) {
      const event = eventOfTap(each, this.#redact);
      if (!event) continue;
      heard.push(event);
      if (event.isReply && event.publicName && this.replies.size < maxReplies) this.replies.add(event.publicName);
      this.activities.add(event);
    }
    this.events += heard.length;
    this.#recent = [...this.#recent, ...heard].slice(-recentEvents);
    for (const listener of this.#tapListeners) listener(heard);
  }

  takeState(state: WatchState): void {
    const hasChanged = state.isConnected !== this.state.isConnected || state.problem !== this.state.problem;
    this.state = state;
    if (hasChanged) for (const ticker of this.#tickers) ticker();
  }

  /** Is called whenever there is something new to see. Returns what ends that. */
  onTick(ticker: () => void): () => void {
    this.#tickers.add(ticker);
    return () => this.#tickers.delete(ticker);
  }

  /** Is called with every batch of events. Returns what ends that. */
  onEvents(listener: (events: readonly BusEvent[]) => void): () => void {
    this.#tapListeners.add(listener);
    return () => this.#tapListeners.delete(listener);
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.activities.save(this.#now());
    this.archive.close();
  }
}
