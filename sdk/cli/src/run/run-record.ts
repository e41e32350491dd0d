import { isAbsolute } from "node:path";

/** A service as it runs: one sidecar, one app. */
export interface RunningService {
  /** As the output names it: the role, or `role/2` where it has several instances. */
  readonly name: string;
  readonly role: string;
  /** Its sidecar's JSON edge. */
  readonly sidecarUrl: string;
  /** The admin port of its sidecar. */
  readonly sidecarAdminUrl: string;
  /** The unix socket of its sidecar, for the SDK. */
  readonly socket: string;
  /** What it serves people, if it is public. */
  readonly publicUrl?: string | undefined;
}

/** Where people and programs find a role. */
export type RoleAddresses = Pick<RunningService, "role" | "sidecarUrl" | "publicUrl">;

/** Where the parts of a running application are: what other commands need no flags for. */
export interface RunRecord {
  /** Of this form. One that is not known is left alone. */
  readonly version: 1;
  /** Of the `exo run` that keeps it running. */
  readonly pid: number;
  /** `processStart` of it, where the system tells: another process may have its number later. */
  readonly processStart?: string | undefined;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Its name. */
  readonly application: string;
  /** Its folder. */
  readonly root: string;
  readonly broker: { readonly address: string; readonly adminUrl: string };
  readonly gateway?: { readonly url: string; readonly adminUrl: string } | undefined;
  readonly dashboard?: { readonly url: string; readonly adminUrl: string } | undefined;
  readonly services: readonly RunningService[];
  /** The unix socket at which `exo run` says how it goes, and takes orders. */
  readonly control: string;
}

/** Whether something that was read from a run file has all that other commands use of it. */
export function isRunRecord(value: unknown): value is RunRecord {
  if (!isObject(value)) return false;
  const { version, pid, application, root, broker, gateway, dashboard, services, control, processStart } = value;
  return (
    version === 1 &&
    Number.isSafeInteger(pid) &&
    Number(pid) > 0 &&
    areTexts(application, root, control) &&
    isAbsolute(String(root)) &&
    (processStart === undefined || areTexts(processStart)) &&
    isObject(broker) &&
    areTexts(broker.address, broker.adminUrl) &&
    [gateway, dashboard].every((part) => part === undefined || (isObject(part) && areTexts(part.url, part.adminUrl))) &&
    Array.isArray(services) &&
    services.every(isService)
  );
}

function isService(value: unknown): value is RunningService {
  if (!isObject(value)) return false;
  const { name, role, sidecarUrl, sidecarAdminUrl, socket, publicUrl } = value;
  return areTexts(name, role, sidecarUrl, sidecarAdminUrl, socket) && (publicUrl === undefined || areTexts(publicUrl));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function areTexts(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === "string");
}
