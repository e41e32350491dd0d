import type { IncomingMessage } from "node:http";
import { type BodyRoom, readBody } from "@exosphere/http";
import { ExoError } from "@exosphere/proto";

/** What a control request says, by member. */
export class ControlBody {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #known = new Set<string>();

  private constructor(members: Readonly<Record<string, unknown>>) {
    this.#members = members;
  }

  /** Reads the body of a request: a JSON object, or nothing. Rejects with INVALID_MESSAGE, PAYLOAD_TOO_LARGE or RATE_LIMITED. */
  static async of(request: IncomingMessage, maxBytes: number, room: BodyRoom): Promise<ControlBody> {
    const text = (await readBody(request, maxBytes, room)).toString("utf8");
    let value: unknown;
    try {
      value = text === "" ? {} : JSON.parse(text);
    } catch (cause) {
      throw new ExoError("INVALID_MESSAGE", `The body must be a JSON object: ${(cause as Error).message}.`, { cause });
    }
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new ExoError("INVALID_MESSAGE", "The body must be a JSON object.");
    return new ControlBody(value as Record<string, unknown>);
  }

  /** Any JSON, undefined if absent. */
  any(key: string): unknown {
    this.#known.add(key);
    return this.#members[key];
  }

  /** Text, undefined if absent. */
  text(key: string): string | undefined {
    return this.#checked(key, "text", (value): value is string => typeof value === "string" && value !== "");
  }

  /** Text that has to be there. */
  needText(key: string): string {
    const text = this.text(key);
    if (text === undefined) throw new ExoError("INVALID_MESSAGE", `The body needs a member '${key}', a text.`);
    return text;
  }

  /** A number from `least` on, undefined if absent. */
  number(key: string, least: number): number | undefined {
    return this.#checked(
      key,
      `a number from ${least} on`,
      (value): value is number => typeof value === "number" && value >= least,
    );
  }

  /** A list of texts, empty if absent. */
  texts(key: string): readonly string[] {
    const isTexts = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((each) => typeof each === "string");
    return this.#checked(key, "a list of texts", isTexts) ?? [];
  }

  /** Refuses members that nobody asked for: typing mistakes, which would else do nothing without a word. */
  close(): void {
    const unknown = Object.keys(this.#members).filter((key) => !this.#known.has(key));
    if (unknown.length === 0) return;
    const names = [...this.#known].join(", ");
    throw new ExoError(
      "INVALID_MESSAGE",
      `There is no member ${unknown.map((key) => `'${key}'`).join(", ")} here, but ${names}.`,
    );
  }

  #checked<Value>(key: string, what: string, is: (value: unknown) => value is Value): Value | undefined {
    const value = this.any(key);
    if (value === undefined || is(value)) return value;
    throw new ExoError("INVALID_MESSAGE", `The member '${key}' must be ${what}.`);
  }
}
