import {
  type Application,
  ApplicationError,
  type ClientRules,
  type PayloadSchema,
  payloadSchemas,
  type Route,
  readApplication,
  readClientRules,
} from "@exosphere/application";
import { QuietFiles, SettingsError, type WatchFiles } from "@exosphere/settings";
import type { Log } from "@exosphere/telemetry";

/** What the files say about the gateway. */
export interface FoundRules {
  readonly role: string | undefined;
  readonly clients: ClientRules;
  /** What the gateway's role may do, where application.yml says so. */
  readonly route: Route | undefined;
  readonly title: string | undefined;
  /** Schemas of payloads, by the role's own names. */
  readonly schemas: ReadonlyMap<string, PayloadSchema>;
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

/** Where the rules come from. */
export interface RulesSource {
  readonly app: string | undefined;
  readonly rules: string | undefined;
}

/** Reads the rules. Throws a SettingsError with all mistakes. */
export function readRules({ app, rules }: RulesSource): FoundRules {
  if ((app === undefined) === (rules === undefined))
    throw new SettingsError(["--app or --rules is required, one of them: it says which clients may do what"]);
  try {
    return rules === undefined ? ofApplication(app as string) : ofFile(rules);
  } catch (error) {
    if (error instanceof ApplicationError) throw new SettingsError([...error.mistakes]);
    throw error;
  }
}

function ofApplication(path: string): FoundRules {
  const application = readApplication(path);
  const { gateway, routes, files, warnings, name, file } = application;
  if (!gateway)
    throw new SettingsError([`--app: ${file} has no section 'gateway': say there which clients may do what`]);
  const { role, clients } = gateway;
  const route = routes.get(role);
  return { role, clients, route, title: name, schemas: schemasOf(application, route), files, warnings };
}

/** Schemas of the payloads of a role, by its own names. */
export function schemasOf(application: Application, route: Route | undefined): ReadonlyMap<string, PayloadSchema> {
  const schemas = new Map(payloadSchemas(application));
  for (const { internal, public: name } of route?.translations ?? []) {
    const schema = schemas.get(name);
    if (schema) schemas.set(internal, schema);
  }
  return schemas;
}

function ofFile(file: string): FoundRules {
  return {
    ...readClientRules(file),
    route: undefined,
    title: undefined,
    schemas: new Map(),
    files: [file],
    warnings: [],
  };
}

/** What following changes of the files needs. */
export interface RulesReloaderOptions {
  readonly source: RulesSource;
  readonly found: FoundRules;
  readonly watch: WatchFiles;
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly replace: (found: FoundRules) => void;
  readonly log: Pick<Log, "info" | "error" | "warn">;
}

/** Takes over changed rules without a restart. Broken ones are refused with all their mistakes, and the old ones stay. */
export class RulesReloader {
  readonly #options: RulesReloaderOptions;
  /** What is in force, as text. */
  #current: string;
  readonly #files: QuietFiles;

  constructor(options: RulesReloaderOptions) {
    this.#options = options;
    const { found, watch, after } = options;
    this.#current = textOf(found);
    this.#files = new QuietFiles(found.files, { watch, after, onChanged: () => this.reload() });
  }

  /** Reads the files now. */
  reload(): void {
    const { source, replace, log } = this.#options;
    this.#files.wereRead();
    try {
      const found = readRules(source);
      this.#files.follow(found.files);
      const text = textOf(found);
      // An editor that only saves, or a tool that touches its files, changes nothing.
      if (text === this.#current) return;
      for (const warning of found.warnings) log.warn(warning);
      replace(found);
      this.#current = text;
      log.info("took over the rules for clients");
    } catch (error) {
      if (error instanceof SettingsError)
        log.error({ mistakes: error.mistakes }, "the changed rules for clients are broken, the old ones stay");
      else log.error({ err: error }, "the rules for clients could not be read again, the old ones stay");
    }
  }

  close(): void {
    this.#files.close();
  }
}

/** All that the files say, so that two readings can be compared. */
function textOf(found: FoundRules): string {
  const plain = (value: unknown) => (value instanceof Map || value instanceof Set ? [...value] : value);
  return JSON.stringify(found, (_key, value: unknown) => plain(value));
}
