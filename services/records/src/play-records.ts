import { join } from "node:path";
import { type Service, service } from "@exosphere/sdk";
import { v7 as uuidByTime } from "uuid";
import { recordHandlers } from "./core/record-handlers.ts";
import type { Vocabulary } from "./core/vocabulary.ts";
import { openStore } from "./open-store.ts";
import { recordSettings } from "./settings.ts";

/** Exit code for settings that are wrong, and for a start that fails: as every process of Exosphere. */
const exitCodes = { settings: 64, start: 1 } as const;

/** What a service of records is, whoever plays it. */
export interface RecordServiceOptions {
  /** Played unless the variable ROLE says otherwise. */
  readonly role: string;
  readonly vocabulary: Vocabulary;
}

/** The whole of a service's `main`: reads the environment, opens the store, plays the role until a signal ends it. */
export async function playRecords({ role, vocabulary }: RecordServiceOptions): Promise<void> {
  try {
    const playing = await start({ role, vocabulary });
    await playing.ready();
    // What service.yml waits for.
    console.log(`${vocabulary.many} online`);
  } catch (error) {
    const isSetting = error instanceof Error && error.name === "SettingMistake";
    console.error(isSetting ? error.message : error);
    process.exit(isSetting ? exitCodes.settings : exitCodes.start);
  }
}

async function start({ role, vocabulary }: RecordServiceOptions): Promise<Service> {
  const settings = recordSettings(process.env, { role, folder: join(process.cwd(), ".data") });
  const store = await openStore(settings, settings, (error) => {
    // A service that goes on would answer every message with a failure, and look as if it were well.
    console.error(error.message);
    process.exit(exitCodes.start);
  });
  const handlers = recordHandlers({ store, vocabulary, hasOwners: settings.hasOwners, newId: () => uuidByTime() });
  return service(settings.role, handlers, { afterAll: () => store.close() });
}
