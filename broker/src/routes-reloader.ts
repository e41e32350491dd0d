import { ApplicationError } from "@exosphere/application";
import { QuietFiles, type WatchFiles } from "@exosphere/settings";
import type { Log } from "@exosphere/telemetry";
import type { Clock } from "./core/clock.ts";
import type { RouteTable } from "./core/route-table.ts";
import type { FoundRoutes } from "./routes-source.ts";

/** What taking over changed routes needs. */
export interface RoutesReloaderOptions {
  /** What the broker started with. */
  readonly found: FoundRoutes;
  /** Reads the routes anew. Throws if they are broken. */
  readonly read: () => FoundRoutes;
  /** Takes them over. */
  readonly replace: (routes: RouteTable) => void;
  readonly watch: WatchFiles;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Takes over changed routes without a restart. Broken ones are refused with all their mistakes, and the old ones stay until
 * the files are right again.
 */
export class RoutesReloader {
  readonly #options: RoutesReloaderOptions;
  readonly #files: QuietFiles;
  #current: string;
  /** Broken routes that were refused. */
  rejected = 0;
  /** Whether the files as they are now were refused, so that older routes are in force. */
  isStale = false;

  constructor(options: RoutesReloaderOptions) {
    this.#options = options;
    const { found, watch, clock } = options;
    this.#current = textOf(found.routes);
    this.#files = new QuietFiles(found.files, {
      watch,
      after: (delayMs, run) => clock.after(delayMs, run),
      onChanged: () => this.#read("debug"),
    });
  }

  /** Reads the files now, whether or not they were seen to change: an operator asked for it, and gets an answer in the log. */
  reload(): void {
    this.#read("info");
  }

  /** `unchanged`: the level at which it is logged that the routes are what they were. */
  #read(unchanged: "info" | "debug"): void {
    this.#files.wereRead();
    try {
      this.#take(this.#options.read(), unchanged);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Watches no longer. */
  close(): void {
    this.#files.close();
  }

  #take({ routes, warnings, origin, files }: FoundRoutes, unchanged: "info" | "debug"): void {
    const { log, replace } = this.#options;
    this.isStale = false;
    this.#files.follow(files);
    for (const warning of warnings) log.warn(warning);
    const text = textOf(routes);
    if (text === this.#current)
      return log[unchanged]({ routes: origin }, "the routes were read again, and are the same");
    replace(routes);
    this.#current = text;
    log.info({ routes: origin, roles: routes.size }, "took over changed routes");
  }

  #refuse(error: unknown): void {
    const { log } = this.#options;
    this.rejected += 1;
    this.isStale = true;
    if (!(error instanceof ApplicationError)) {
      return log.error({ err: error }, "the routes could not be read again, the old ones stay");
    }
    const { mistakes, files } = error;
    // It may be a file that was not there before which has to be mended.
    this.#files.follow([...this.#files.files, ...files]);
    log.error({ mistakes }, "the changed routes are broken, the old ones stay");
  }
}

function textOf(routes: RouteTable): string {
  return JSON.stringify([...routes]);
}
