import type { Application } from "@exosphere/application";
import { publicName } from "./only-replies.ts";
import type { RoleAddresses } from "./run-record.ts";

/** A request that somebody can send to try the application. */
export interface ExampleRequest {
  readonly url: string;
  readonly payload: unknown;
}

/**
 * The first message with an example payload that one of the started roles may send, as a request to the sidecar of that
 * role, by the name under which that role knows it.
 */
export function exampleRequest(
  application: Application,
  addresses: readonly RoleAddresses[],
): ExampleRequest | undefined {
  const routes = new Map(application.services.map(({ role, route }) => [role, route]));
  for (const receiver of addresses) {
    const receives = routes.get(receiver.role)?.receives ?? [];
    for (const { name, example } of receives.filter((entry) => entry.example !== undefined)) {
      const wanted = publicName(name, routes.get(receiver.role));
      for (const { role, sidecarUrl } of addresses) {
        const sent = routes.get(role)?.sends.find((own) => publicName(own, routes.get(role)) === wanted);
        if (sent) return { url: `${sidecarUrl}/v1/request/${encodeURIComponent(sent)}`, payload: example };
      }
    }
  }
  return undefined;
}
