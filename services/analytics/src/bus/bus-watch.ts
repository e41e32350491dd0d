import type { TapRequest, TapResponse, WatchStatsResponse } from "@exosphere/proto";
import { AdminServiceClient } from "@exosphere/proto/clients";
import { type ClientReadableStream, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";

/** Whom to watch, and how. */
export interface BusWatchOptions {
  /** host:port of each broker, tried in turn. */
  readonly brokers: readonly string[];
  /** The broker's admin token, where it has one, or what gives it at the moment: it is read for each attempt. */
  readonly token?: string | (() => string | undefined) | undefined;
  /** Undefined: the statistics alone. */
  readonly tap: TapRequest | undefined;
  readonly statsIntervalMs: number;
  /** How long a broker may send no statistics before it counts as away, in milliseconds. Default: five intervals, at least 5 s. */
  readonly silentMs?: number;
  readonly onTap: (response: TapResponse) => void;
  readonly onStats: (response: WatchStatsResponse) => void;
  /** Connected, or why not. */
  readonly onState: (state: WatchState) => void;
}

/** How the watching goes. */
export interface WatchState {
  readonly isConnected: boolean;
  readonly broker: string;
  /** What is wrong, and what to do. Empty while connected. */
  readonly problem: string;
}

/** Pauses between attempts, in milliseconds: a broker that is started anew is back within seconds. */
const [firstPauseMs, longestPauseMs] = [250, 5_000];

/** Frames of a tap are below 1 MiB; statistics of a thousand messages are as well. */
const receiveBytes = 64 * 1024 * 1024;

/** Answers that may be missing in a row before a broker counts as away: a busy machine delays some. At least `leastSilentMs`. */
const missingAnswers = 5;
const leastSilentMs = 5_000;

/** Reads the tap and the statistics of a broker, and begins again whenever that ends. */
export class BusWatch {
  readonly #options: BusWatchOptions;
  #attempt = 0;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #stop = () => {};

  constructor(options: BusWatchOptions) {
    this.#options = options;
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stop();
  }

  #connect(): void {
    const { brokers, token, tap, statsIntervalMs, onTap, onStats, onState } = this.#options;
    const broker = brokers[this.#attempt % brokers.length] ?? "";
    const client = new AdminServiceClient(broker, credentials.createInsecure(), {
      "grpc.max_receive_message_length": receiveBytes,
      // A proxy of the environment leads out of the network that brokers are in.
      "grpc.enable_http_proxy": 0,
      "grpc.keepalive_time_ms": 20_000,
      "grpc.keepalive_timeout_ms": 8_000,
    });
    const metadata = new Metadata();
    const given = typeof token === "function" ? token() : token;
    if (given !== undefined) metadata.set("authorization", `Bearer ${given}`);
    const streams: ClientReadableStream<unknown>[] = [];
    const silentMs = this.#options.silentMs ?? Math.max(leastSilentMs, missingAnswers * statsIntervalMs);
    let isOver = false;
    const over = (problem: string) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(silence);
      for (const stream of streams) stream.cancel();
      client.close();
      if (this.#isClosed) return;
      onState({ isConnected: false, broker, problem });
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#attempt++);
      this.#timer = setTimeout(() => this.#connect(), pauseMs);
    };
    // A process that hangs keeps its connection, and a machine that vanished ends none.
    const silence = setTimeout(
      () => over(`The broker at ${broker} has been silent for ${silentMs / 1000} s.`),
      silentMs,
    );
    this.#stop = () => over("");
    const read = <Response>(stream: ClientReadableStream<Response>, take: (response: Response) => void) => {
      streams.push(stream as ClientReadableStream<unknown>);
      stream.on("data", (response: Response) => {
        if (!isOver) take(response);
      });
      stream.on("error", (error: ServiceError) => over(problemOf(error, broker)));
      stream.on("end", () => over(`The broker at ${broker} ended the stream; it may be shutting down.`));
    };
    read(client.watchStats({ intervalMs: statsIntervalMs }, metadata), (response) => {
      this.#attempt = 0;
      silence.refresh();
      onState({ isConnected: true, broker, problem: "" });
      onStats(response);
    });
    if (tap) read(client.tap(tap, metadata), onTap);
  }
}

function problemOf({ code, details }: ServiceError, broker: string): string {
  switch (code) {
    case status.UNAVAILABLE:
      return `No broker answers at ${broker}. Start one, or name it with --broker.`;
    case status.UNAUTHENTICATED:
      return `${details} Give the broker's admin token with --admin-token-file.`;
    case status.UNIMPLEMENTED:
      return `The broker at ${broker} is too old to be watched. Update it.`;
    default:
      return `The broker at ${broker} says: ${details}`;
  }
}
