import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Application } from "@exosphere/application";
import type { PlannedProcess, SharedPlanInput } from "./planned-process.ts";

/** What the gateway of an application is planned from. */
export interface GatewayPlanInput extends SharedPlanInput {
  /** A folder of this run alone. */
  readonly folder: string;
  /** Web sites of the application, whose pages may call. */
  readonly sites: readonly string[];
}

/** The process that serves clients. Its sessions outlive it, as long as the application runs. */
export function planGateway(input: GatewayPlanInput): PlannedProcess | undefined {
  const { application, program, env, broker, port, adminPort, folder, sites } = input;
  if (!application.gateway) return undefined;
  const flags = {
    role: application.gateway.role,
    app: application.file,
    broker,
    port,
    "admin-port": adminPort,
    state: join(folder, "sessions.sqlite"),
    ...(sites.length > 0 && { "allow-origins": sites.flatMap(namesOf).join(",") }),
  };
  return {
    name: "gateway",
    logsJson: true,
    command: [...program, ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)],
    cwd: application.root,
    env,
    up: { readyUrl: `http://127.0.0.1:${adminPort}/readyz` },
    isEntry: true,
  };
}

/** What services are told of the gateway: where it is, unless the environment says it, as it does with a proxy before the gateway. */
export function gatewayEnvironment(application: Application, port: number, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return application.gateway && !env.EXO_GATEWAY_URL ? { EXO_GATEWAY_URL: `http://127.0.0.1:${port}` } : {};
}

/**
 * Tokens for users while one develops: a secret of this run alone, by which services sign them and the gateway checks them.
 * Unless the environment says itself which tokens are accepted.
 */
export function tokenEnvironment(application: Application, env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  if (!application.gateway || Object.keys(env).some((name) => name.startsWith("EXO_JWT_"))) return {};
  const file = join(folder, "jwt-secret");
  writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600 });
  return {
    EXO_JWT_SECRET_FILE: file,
    EXO_JWT_ALGORITHMS: "HS256",
    EXO_JWT_ISSUER: application.name,
    EXO_JWT_AUDIENCE: application.gateway.role,
  };
}

/** A page is as often opened under the other name of this machine. */
function namesOf(site: string): string[] {
  return [site, site.replace("//127.0.0.1:", "//localhost:")];
}
