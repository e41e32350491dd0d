import { inspect } from "node:util";

/** Something that a test did not ask for, and did not take note of. `text` says which it is and what to do. */
export type Unexpected =
  /** A service sent a message, and no played role waited for it. */
  | {
      readonly kind: "message";
      readonly role: string;
      readonly name: string;
      readonly payload: unknown;
      readonly id: string;
      readonly activityId: string;
      readonly text: string;
    }
  /** A service wanted to send a message, and the bus did not take it: NOT_ALLOWED, NO_RECEIVERS, … */
  | {
      readonly kind: "refused";
      readonly role: string;
      readonly name: string;
      readonly reason: string;
      readonly text: string;
    }
  /** A message reached its role, but came to no good end: its handler threw, it has none, nobody was there in time. */
  | {
      readonly kind: "lost";
      readonly role: string;
      readonly name: string;
      readonly activityId: string;
      /** `handler_failed`, `dead`, `no_instance`, `deadline_exceeded`, … */
      readonly outcome: string;
      /** What the handler threw, where the bus started the service. */
      readonly error: unknown;
      readonly text: string;
    }
  /** A service could not attach, or attached as a role that the test plays. */
  | { readonly kind: "attachment"; readonly role: string; readonly reason: string; readonly text: string };

/** Longest payload that is shown, in characters: enough to recognise it, and several fit on a screen. */
const shownCharacters = 200;

/** A value as JSON, cut short. What is none, as handlers throw anything, as Node shows it. */
export function shown(value: unknown): string {
  const text = textOf(value);
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "nothing";
  } catch {
    return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  }
}

/** Lines of a list that are shown: what went wrong first is among them, and they fit on a screen. */
const shownLines = 20;

/** Several lines as a list, cut short. */
export function listed(lines: readonly string[]): string {
  const more = lines.length > shownLines ? [`… and ${lines.length - shownLines} more`] : [];
  return [...lines.slice(0, shownLines), ...more].map((line) => `\n  * ${line}`).join("");
}

/** What was thrown, as far as it helps: the place in the code. */
export function thrownText(error: unknown): string {
  if (!(error instanceof Error)) return shown(error);
  const place = error.stack?.split("\n").find((line) => line.trimStart().startsWith("at "));
  return `${error.name}: ${error.message}${place ? `, ${place.trim()}` : ""}`;
}
