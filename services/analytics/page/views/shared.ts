import type { TimelinePoint } from "../../src/core/history.ts";
import type { Live } from "../data/live.ts";
import type { Places } from "../model/commands.ts";

/** What every view is given. */
export interface ViewProps {
  readonly live: Live;
  /** The moment that is looked at; undefined: now. */
  readonly time: number | undefined;
  readonly places: Places;
  readonly query: Readonly<Record<string, string>>;
  readonly timeline: readonly TimelinePoint[];
}
