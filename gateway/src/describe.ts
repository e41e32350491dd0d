/** The gateway's interface, described from the routes: what it serves itself, for those who write it into files. */
import type { Application } from "@exosphere/application";
import { asyncApiOf } from "./core/describe/asyncapi.ts";
import { openApiOf } from "./core/describe/openapi.ts";
import { schemasOf } from "./rules/client-rules.ts";

/** The documents by the names of their files. Undefined: the application has no gateway. */
export function describeGateway(application: Application, url: string): Readonly<Record<string, string>> | undefined {
  const { gateway, routes, name, version } = application;
  if (!gateway) return undefined;
  const route = routes.get(gateway.role);
  const schemas = schemasOf(application, route);
  const facts = {
    title: name,
    version,
    url,
    sends: route?.sends ?? [],
    receives: route?.receives.map((each) => each.name) ?? [],
    rules: gateway.clients,
    payloadOf: (message: string) => schemas.get(message),
  };
  const text = (document: object) => `${JSON.stringify(document, null, 2)}\n`;
  return { "openapi.json": text(openApiOf(facts)), "asyncapi.json": text(asyncApiOf(facts)) };
}
