import type { Fields } from "../core/fields.ts";
import type { ListQuery } from "../core/store.ts";

/** A part of a list, its records as JSON. */
export interface BodyPage {
  readonly count: number;
  readonly entries: readonly string[];
  readonly hasMore: boolean;
}

/**
 * What the threads of a store do for it. Records are JSON texts here: they are written into the file as they are, and crossing a
 * thread as a text costs least.
 */
export interface Operations {
  /** Keeps all of these records or none, and returns those of the first attempt of this name. */
  create(bodies: readonly string[], creation: string): readonly string[];
  find(match: Fields): string | undefined;
  list(query: ListQuery): BodyPage;
  get(id: string): string | undefined;
  /** Replaces a record, if it still is what was expected. */
  replace(id: string, expected: string, body: string): boolean;
  /** Removes a record, if it still is what was expected. */
  remove(id: string, expected: string): boolean;
}

/** Those that change something: one thread does them, many in one transaction. */
export const writes: ReadonlySet<keyof Operations> = new Set(["create", "replace", "remove"]);

/** What a thread is started with. */
export interface ThreadOptions {
  readonly path: string;
  readonly uniqueFields: readonly string[];
  /** Prepares the file before it is used: the first thread does that, before the other is started. */
  readonly prepares: boolean;
}

/** A call of one of the operations. */
export interface Call {
  readonly number: number;
  readonly operation: keyof Operations;
  readonly values: readonly unknown[];
}

/** What a thread says. `taken`: the unique field that was at fault; `isDamaged`: the file cannot be trusted any more. */
export type Answer =
  | { readonly kind: "opened" | "closed" }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "done"; readonly number: number; readonly result: unknown }
  | {
      readonly kind: "failed";
      readonly number: number;
      readonly message: string;
      readonly taken: string | undefined;
      readonly isDamaged: boolean;
    };
