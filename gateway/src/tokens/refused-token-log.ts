import type { Log } from "@exosphere/telemetry";
import { printable } from "@exosphere/telemetry";
import type { TokenRefusal } from "./refused-token.ts";

/** One line for each kind of refused token in this time, in milliseconds: anybody can send as many as the limits allow. */
const quietMs = 10_000;
/** UTF-16 code units that are kept of what a token says. */
const maxLength = 100;

/** Tokens with a valid signature that do not suit: whoever operates issuer or gateway has to look at it. */
const misconfigured: ReadonlySet<TokenRefusal> = new Set([
  ...(["issuer", "audience", "claim", "subject_not_text", "subject_length"] as const),
]);

/** Facts of a refused token that are not secret: never the token, its claims or its signature. */
export interface RefusedToken {
  readonly refusal: TokenRefusal;
  /** What the verification said. */
  readonly detail?: string | undefined;
  /** Members of its header, by which operators recognise the issuer. */
  readonly alg?: string | undefined;
  readonly kid?: string | undefined;
}

/** Counts refused tokens by kind, and logs the first of each kind in a while, with how many there were since the line before. */
export class RefusedTokenLog {
  readonly totals = new Map<TokenRefusal, number>();
  readonly #log: Pick<Log, "info" | "warn">;
  readonly #now: () => number;
  readonly #quiet = new Map<TokenRefusal, { untilMs: number; unlogged: number }>();

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(log: Pick<Log, "info" | "warn">, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** A token was refused. */
  add({ refusal, detail, alg, kid }: RefusedToken): void {
    this.totals.set(refusal, (this.totals.get(refusal) ?? 0) + 1);
    const now = this.#now();
    const quiet = this.#quiet.get(refusal);
    if (quiet && now < quiet.untilMs) {
      quiet.unlogged += 1;
      return;
    }
    this.#quiet.set(refusal, { untilMs: now + quietMs, unlogged: 0 });
    const facts = { refusal, detail: short(detail), alg: short(alg), kid: short(kid), unlogged: quiet?.unlogged };
    const level = misconfigured.has(refusal) ? "warn" : "info";
    this.#log[level](facts, "a token was not accepted");
  }
}

function short(text: string | undefined): string | undefined {
  return text === undefined ? undefined : printable(text, { maxLength });
}
