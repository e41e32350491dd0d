import type { AttachOptions, Bus, Counts, Participant } from "../../contract/driver.ts";
import type { Exocom } from "../exocom.ts";
import { FakeClock } from "../fake-clock.ts";
import { type RouteSketch, routesOf } from "./routes.ts";

/** A bus with its core at hand and a clock that is moved by hand: all of it but how participants attach. */
export abstract class ExocomBus implements Bus {
  readonly clock = new FakeClock();

  abstract readonly exocom: Exocom;

  abstract attach(role: string, options?: AttachOptions): Promise<Participant>;

  abstract stop(): Promise<void>;

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
  }

  async replaceRoutes(routes: RouteSketch): Promise<void> {
    this.exocom.replaceRoutes(routesOf(routes));
  }

  waiting(role: string): number {
    return this.exocom.roles.get(role)?.backlog.messages ?? 0;
  }

  delivered(role: string): Counts {
    const counts: Record<string, number> = {};
    for (const tally of this.exocom.roles.get(role)?.delivered.values() ?? []) {
      for (const [outcome, count] of tally) counts[outcome] = (counts[outcome] ?? 0) + count;
    }
    return counts;
  }
}
