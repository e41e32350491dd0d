import { asyncApiOf } from "./core/describe/asyncapi.ts";
import type { InterfaceFacts } from "./core/describe/interface-facts.ts";
import { openApiOf } from "./core/describe/openapi.ts";
import type { ClientRules } from "./core/rights.ts";
import type { FoundRules } from "./rules/client-rules.ts";

/** What the texts are made from. */
export interface InterfaceTextsOptions {
  readonly config: { readonly publicUrl: string | undefined; readonly host: string };
  /** What the files say: they may change. */
  readonly found: () => Pick<FoundRules, "title" | "schemas">;
  readonly version: string;
  readonly rules: () => ClientRules;
  /** What a broker has told of the role. */
  readonly names: () => Pick<InterfaceFacts, "sends" | "receives"> | undefined;
}

/** The descriptions that are served, made anew when the routes have changed. */
export class InterfaceTexts {
  readonly #options: InterfaceTextsOptions;
  #port = 0;
  #openapi: string | undefined;
  #asyncapi: string | undefined;

  constructor(options: InterfaceTextsOptions) {
    this.#options = options;
  }

  listensOn(port: number): void {
    this.#port = port;
  }

  /** The routes or the rules have changed. */
  changed(): void {
    this.#openapi = undefined;
    this.#asyncapi = undefined;
  }

  readonly openapi = (): string => {
    this.#openapi ??= JSON.stringify(openApiOf(this.#facts()), null, 2);
    return this.#openapi;
  };

  readonly asyncapi = (): string => {
    this.#asyncapi ??= JSON.stringify(asyncApiOf(this.#facts()), null, 2);
    return this.#asyncapi;
  };

  #facts(): InterfaceFacts {
    const { config, found, version, rules, names } = this.#options;
    const host = config.host.includes(":") ? `[${config.host}]` : config.host;
    return {
      title: found().title ?? "",
      version,
      url: config.publicUrl ?? `http://${host}:${this.#port}`,
      ...(names() ?? { sends: [], receives: [] }),
      rules: rules(),
      payloadOf: (name) => found().schemas.get(name),
    };
  }
}
