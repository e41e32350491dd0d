import type { Entry, Fields } from "./fields.ts";

/** Which records to list, and how. */
export interface ListQuery {
  /** Values that the records have, exactly. */
  readonly match: Fields;
  /** The field to sort by, or undefined: by when the records were created. */
  readonly sortBy: string | undefined;
  readonly isDescending: boolean;
  /** Records of a page. */
  readonly limit: number;
  /** Bytes of its records as JSON, but it has one at least. */
  readonly maxBytes: number;
  /** Where the page before ended. */
  readonly after: Position | undefined;
}

/** A place in a list: the key of the field that it is sorted by ("" if the record has none), and the record's id. */
export interface Position {
  readonly key: string;
  readonly id: string;
}

/** A part of a list. */
export interface Page {
  /** How many records match in total. */
  readonly count: number;
  readonly entries: readonly Entry[];
  /** Whether more follow. */
  readonly hasMore: boolean;
}

/**
 * Where the records of one role are kept. What is resolved is on disk. Ids are given by the caller, and sort by time.
 * An implementation throws Taken, what `change` and `check` throw, and its own errors, whose texts are for the log alone.
 */
export interface Store {
  /**
   * Keeps all of these records or none. `creation` names the attempt: while a record of it exists, another attempt of the
   * same name keeps nothing and returns those of the first. Throws Taken.
   */
  create(entries: readonly Entry[], creation: string): Promise<readonly Entry[]>;
  /** The oldest record that has exactly these values. */
  find(match: Fields): Promise<Entry | undefined>;
  list(query: ListQuery): Promise<Page>;
  /** Replaces a record by what `change` makes of it, with nobody in between. Undefined: there is none. Throws Taken. */
  update(id: string, change: (entry: Entry) => Entry): Promise<Entry | undefined>;
  /** Removes a record and returns it, unless `check` throws. Undefined: there is none. */
  delete(id: string, check: (entry: Entry) => void): Promise<Entry | undefined>;
  /** Lets what runs finish, and releases everything. */
  close(): Promise<void>;
}

/** Where a store is opened. */
export interface StoreOptions {
  /** Whose records: those of different roles never mix. */
  readonly role: string;
  /** Fields whose values no two records share. Absent and null values are shared by any number. */
  readonly uniqueFields: readonly string[];
}

/** Another record has this value in a field whose values are unique. */
export class Taken extends Error {
  override readonly name = "Taken";
  readonly field: string;

  constructor(field: string) {
    super(`The value of '${field}' is taken`);
    this.field = field;
  }
}
