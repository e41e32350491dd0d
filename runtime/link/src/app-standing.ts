/** How the app of an instance gets on, for the broker's choice among the instances of a role. */
export interface AppStanding {
  /** It keeps failing: others get its work, as long as any of them takes work. */
  readonly failing: boolean;
  /** Deliveries that it takes all the same, to find out whether it still fails. */
  readonly probes: number;
}
