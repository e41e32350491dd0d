import type { Store, StoreOptions } from "./core/store.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";

/** Where a service keeps its records. */
export interface StorePlace {
  /** URL of a MongoDB server, and the database if it names one. Undefined: the embedded store. */
  readonly mongodbUrl: string | undefined;
  /** Folder of the embedded store's files. */
  readonly folder: string;
}

/** Opens the store of a role. Throws an Error that says what to do. */
export async function openStore({ mongodbUrl, folder }: StorePlace, options: StoreOptions): Promise<Store> {
  if (mongodbUrl === undefined) return new SqliteStore(folder, options);
  // Loaded only where it is wanted: it takes 100 ms and 20 MB.
  const { MongodbStore } = await import("./mongodb/mongodb-store.ts");
  return MongodbStore.open(mongodbUrl, options);
}
