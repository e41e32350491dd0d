/** A name that a role uses for what the application calls otherwise. */
export interface Translation {
  readonly public: string;
  readonly internal: string;
}

/** A message that a role receives. */
export interface Receive {
  /** The role's own name for it. */
  readonly name: string;
  /** The longest time in milliseconds in which it is valid for this role. */
  readonly deadlineMs?: number;
  /** How many deliveries of it one instance works on at once; absent: as many as it takes at all. */
  readonly concurrency?: number;
  /** `none`: messages of one activity may be delivered side by side. */
  readonly order?: "activity" | "none";
}

/** What one role may send and receive, in its own names. */
export interface Route {
  readonly sends: readonly string[];
  readonly receives: readonly Receive[];
  readonly translations: readonly Translation[];
}

/** The routes of every role. A role that is not in it does not exist. */
export type RouteTable = ReadonlyMap<string, Route>;
