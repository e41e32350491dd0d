import type { BusEvent } from "./bus-event.ts";

/** Which events of the live tap somebody wants. Nothing given: all. */
export interface EventFilterOptions {
  readonly roles?: readonly string[];
  /** `*` at the end stands for any rest. */
  readonly names?: readonly string[];
  readonly activity?: string | undefined;
  /** Only what failed, was refused or tried again. */
  readonly troubleOnly?: boolean;
}

/** Makes the test whether an event is wanted. */
export function eventFilter({ roles = [], names = [], activity, troubleOnly = false }: EventFilterOptions) {
  const wantedRoles = new Set(roles);
  const tests = names.map((name) =>
    name.endsWith("*")
      ? (text: string | undefined) => text?.startsWith(name.slice(0, -1)) ?? false
      : (text: string | undefined) => text === name,
  );
  return (event: BusEvent): boolean => {
    if (activity && event.activity !== activity) return false;
    if (troubleOnly && !isTrouble(event)) return false;
    if (wantedRoles.size > 0 && !concerns(event, wantedRoles)) return false;
    return tests.length === 0 || tests.some((test) => test(event.name) || test(event.publicName));
  };
}

/** Whether something went wrong. */
export function isTrouble({ kind, outcome }: BusEvent): boolean {
  return kind === "refused" || kind === "retried" || (kind === "ended" && outcome !== "ok");
}

function concerns({ role, sender, receivers = [] }: BusEvent, roles: ReadonlySet<string>): boolean {
  return roles.has(role) || (sender !== undefined && roles.has(sender)) || receivers.some((each) => roles.has(each));
}
