import type { Store, StoreOptions } from "./core/store.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";

/** Where a service keeps its records. */
export interface StorePlace {
  /** URL of a MongoDB server, and the database if it names one. Undefined: the embedded store. */
  readonly mongodbUrl: string | undefined;
  /** Folder of the embedded store's files. */
  readonly folder: string;
}

/**
 * Opens the store of a role. `onBroken` is called if nothing can be relied on any more, as the file turns out to be damaged. Throws
 * an Error that says what to do.
 */
export async function openStore(
  { mongodbUrl, folder }: StorePlace,
  options: StoreOptions,
  onBroken: (error: Error) => void,
): Promise<Store> {
  if (mongodbUrl === undefined) return SqliteStore.open(folder, options, onBroken);
  // Loaded only where it is wanted: it takes 100 ms and 20 MB.
  const { MongodbStore } = await import("./mongodb/mongodb-store.ts");
  return MongodbStore.open(mongodbUrl, options);
}
