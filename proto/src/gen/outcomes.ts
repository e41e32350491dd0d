// outcomes.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

/** How a delivery can end, or that it takes longer: the names of Settlement.Outcome. */
export const outcomes = ["done", "retry", "failed", "dead", "returned", "answered", "working"] as const;

/** One of `outcomes`. */
export type Outcome = (typeof outcomes)[number];

/** The number of an outcome on the wire, Settlement.outcome. */
export const outcomeNumbers = {
  done: 1,
  retry: 2,
  failed: 3,
  dead: 4,
  returned: 5,
  answered: 6,
  working: 7,
} as const satisfies Readonly<Record<Outcome, number>>;

const outcomesByNumber: readonly (Outcome | undefined)[] = [
  undefined,
  "done",
  "retry",
  "failed",
  "dead",
  "returned",
  "answered",
  "working",
];

/** The outcome that has a number on the wire. Undefined for one that this contract does not have. */
export function outcomeOf(number: number): Outcome | undefined {
  return outcomesByNumber[number];
}
