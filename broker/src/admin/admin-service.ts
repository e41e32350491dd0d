import { errorStatus } from "@exosphere/frames";
import { type AcceptedTokens, constantTimeIncludes } from "@exosphere/http";
import {
  type AdminServiceServer,
  ExoError,
  type GetTopologyRequest,
  type GetTopologyResponse,
  type TapRequest,
  type TapResponse,
  type Topology,
  type WatchStatsRequest,
  type WatchStatsResponse,
} from "@exosphere/proto";
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from "@grpc/grpc-js";
import type { Clock } from "../core/clock.ts";
import { isLoopback } from "../loopback.ts";
import { malformedRequest } from "../served-admin-methods.ts";
import type { TapHub } from "./tap-hub.ts";

/** What the admin service shows, and to whom. */
export interface AdminServiceOptions {
  readonly clock: Clock;
  readonly topology: () => Topology;
  readonly stats: () => WatchStatsResponse;
  readonly hub: TapHub;
  /** One of them is demanded of callers. Without them, loopback only. */
  readonly tokens: AcceptedTokens | undefined;
}

/** Milliseconds between two statistics, where nobody says, and at least: they look at every role and every queue. */
const defaultIntervalMs = 1000;
const leastIntervalMs = 100;
/** At most: a day. Node's timers run at once beyond 24.8 of them. */
const longestIntervalMs = 86_400_000;

/** Who watches statistics at once. */
const maxWatchers = 64;

/** How a token is given: RFC 6750, section 2.1. */
const scheme = "Bearer ";

type Caller = Pick<ServerWritableStream<unknown, unknown>, "metadata" | "getPeer" | "request">;

/** What operators ask of a broker, over gRPC. */
export class AdminService {
  readonly #options: AdminServiceOptions;
  /** Ends each stream that is open. */
  readonly #open = new Set<() => void>();
  #watchers = 0;
  #isClosed = false;

  constructor(options: AdminServiceOptions) {
    this.#options = options;
  }

  /** The calls, as grpc-js serves them. */
  handlers(): AdminServiceServer {
    return {
      getTopology: (call, respond) => this.#getTopology(call, respond),
      tap: (call) => this.#serve(call, () => this.#tap(call)),
      watchStats: (call) => this.#serve(call, () => this.#watchStats(call)),
    };
  }

  /** Ends all streams: a broker that drains does not wait for those who watch. */
  close(): void {
    this.#isClosed = true;
    for (const end of [...this.#open]) end();
  }

  #getTopology(
    call: ServerUnaryCall<GetTopologyRequest, GetTopologyResponse>,
    respond: sendUnaryData<GetTopologyResponse>,
  ): void {
    const refused = this.#check(call);
    if (refused) respond(errorStatus(refused));
    else respond(null, { topology: this.#options.topology() });
  }

  /** Opens a stream, which `open` returns the end of. */
  #serve<Request, Response>(call: ServerWritableStream<Request, Response>, open: () => () => void): void {
    // A cancelled call may still report an error; without a listener that would end the process.
    call.on("error", () => {});
    const refused = this.#check(call);
    if (refused) return void call.emit("error", errorStatus(refused));
    try {
      const release = open();
      const ended = () => {
        if (this.#open.delete(end)) release();
      };
      const end = () => {
        ended();
        call.end();
      };
      this.#open.add(end);
      call.on("cancelled", ended);
      call.on("close", ended);
    } catch (error) {
      call.emit("error", errorStatus(ExoError.from(error)));
    }
  }

  #tap(call: ServerWritableStream<TapRequest, TapResponse>): () => void {
    const { hub } = this.#options;
    const tap = hub.open(call.request, call);
    call.on("drain", () => tap.drained());
    return () => hub.close(tap);
  }

  #watchStats(call: ServerWritableStream<WatchStatsRequest, WatchStatsResponse>): () => void {
    if (this.#watchers >= maxWatchers) {
      throw new ExoError("RATE_LIMITED", `${maxWatchers} others watch the statistics already.`);
    }
    this.#watchers += 1;
    const wantedMs = call.request.intervalMs || defaultIntervalMs;
    const intervalMs = Math.min(Math.max(leastIntervalMs, wantedMs), longestIntervalMs);
    let cancel = () => {};
    let isFull = false;
    call.on("drain", () => {
      isFull = false;
    });
    const tell = () => {
      // Whoever does not read misses some: the next ones say everything again.
      if (!isFull) isFull = !call.write(this.#options.stats());
      cancel = this.#options.clock.after(intervalMs, tell);
    };
    tell();
    return () => {
      this.#watchers -= 1;
      cancel();
    };
  }

  #check(call: Caller): ExoError | undefined {
    return this.#refuse(call) ?? (call.request === malformedRequest ? malformed() : undefined);
  }

  #refuse(call: Caller): ExoError | undefined {
    if (this.#isClosed) return new ExoError("DRAINING", "This broker is shutting down.");
    const { tokens } = this.#options;
    if (tokens === undefined) {
      if (isLoopback(call.getPeer())) return undefined;
      const detail = "Without --admin-token-file the admin service answers its own machine only.";
      return new ExoError("UNAUTHENTICATED", detail);
    }
    const given = String(call.metadata.get("authorization")[0] ?? "");
    if (given.startsWith(scheme) && constantTimeIncludes(tokens(), given.slice(scheme.length))) return undefined;
    return new ExoError("UNAUTHENTICATED", "The admin service needs 'authorization: Bearer' and the admin token.");
  }
}

function malformed(): ExoError {
  return new ExoError("INVALID_MESSAGE", "What came is not a request of this method.");
}
