import type { Application, ApplicationService } from "@exosphere/application";
import { listen } from "@exosphere/http";
import { createServer } from "@exosphere/http/node-http";
import type { Config } from "@exosphere/settings";
import { isStartable } from "./plan-instance.ts";
import type { PortClaims } from "./port-claims.ts";
import type { runSettings } from "./run-settings.ts";

/** Ports that people know. Where one is taken, and the settings do not ask for it, a free one serves as well. */
export const usualPorts = { "public service": 3000, broker: 4100, gateway: 4300, dashboard: 4400 } as const;

type Known = keyof typeof usualPorts;

/** Where the parts of an application shall listen that people look for: 0 for a free port, undefined for a part that it does not have. */
export interface SharedPorts {
  /** Of the first public service that asks for none. */
  readonly publicPort: number | undefined;
  readonly brokerPort: number;
  readonly gatewayPort: number | undefined;
  readonly dashboardPort: number | undefined;
  /** Which usual port is not used, and why: a line each. */
  readonly notes: readonly string[];
}

/**
 * Finds ports for the first public service, broker, gateway and dashboard, and looks whether those that the settings and the services ask for are free.
 *
 * @param claims - has the usual ports that are chosen
 * @throws StartError that names the setting of one that is taken
 */
export async function sharedPorts(
  application: Application,
  config: Config<typeof runSettings>,
  claims: PortClaims,
): Promise<SharedPorts> {
  const asked = application.services.flatMap(({ port }) => port ?? []);
  for (const { role, port } of application.services)
    if (port !== undefined) await assertFree(port, `development.port in the service.yml of ${role}`);
  const notes: string[] = [];
  const portOf = async (what: Known, flag: string, wanted: number | undefined): Promise<number> => {
    if (wanted) await assertFree(wanted, flag);
    if (wanted !== undefined) return wanted;
    const usual = usualPorts[what];
    if (!asked.includes(usual) && claims.claim(usual)) {
      if (await isFree(usual)) return usual;
      claims.release(usual);
    }
    notes.push(`port ${usual} is taken: the ${what} takes a free one, and ${flag} chooses`);
    return 0;
  };
  return {
    publicPort: application.services.some(isUsual)
      ? await portOf("public service", "--port", config.port)
      : config.port,
    brokerPort: await portOf("broker", "--broker-port", config.brokerPort),
    gatewayPort: application.gateway ? await portOf("gateway", "--gateway-port", config.gatewayPort) : undefined,
    dashboardPort: config.dashboard ? await portOf("dashboard", "--dashboard-port", config.dashboardPort) : undefined,
    notes,
  };
}

/** Whether a service serves people, and leaves it to others where. */
function isUsual(service: ApplicationService): boolean {
  return isStartable(service) && service.type === "public" && service.port === undefined;
}

function isFree(port: number): Promise<boolean> {
  return assertFree(port, "").then(
    () => true,
    () => false,
  );
}

/** Throws a StartError that names the setting if somebody listens on the port. */
async function assertFree(port: number, setting: string): Promise<void> {
  const server = createServer();
  await listen(server, { host: "127.0.0.1", port, setting });
  await new Promise((closed) => server.close(closed));
}
