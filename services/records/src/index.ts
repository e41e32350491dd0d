export type { Entry, Fields } from "./core/fields.ts";
export { type RecordOptions, recordHandlers } from "./core/record-handlers.ts";
export { type ListQuery, type Page, type Position, type Store, type StoreOptions, Taken } from "./core/store.ts";
export type { Vocabulary } from "./core/vocabulary.ts";
export { openStore, type StorePlace } from "./open-store.ts";
export { playRecords, type RecordServiceOptions } from "./play-records.ts";
