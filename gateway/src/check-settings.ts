import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { mistakesOf, readTokens, type SettingsFound, samePorts, tooSmall } from "@exosphere/settings";
import type { GatewayConfig, gatewaySettings } from "./config.ts";
import { ClientAddresses } from "./http/client-address.ts";
import { readRules } from "./rules/client-rules.ts";
import { type JwtConfig, jwtKeys, publicAlgorithms, secretAlgorithms } from "./tokens/jwt-keys.ts";
import { readKey } from "./tokens/secrets.ts";

type Found = SettingsFound<typeof gatewaySettings>;

/** What is wrong with the settings of a gateway together, and with the files that they name. */
export function checkGateway(found: Found): string[] {
  const { attachTokenFile, adminTokenFile, host, port, adminHost, adminPort, trustedProxies, sessionKeyFile } =
    found.config;
  const { maxPayload, maxBodyBytes } = found.config;
  // Its default grows with the largest payload.
  const addressBodyBytes = found.isGiven("addressBodyBytes") ? found.config.addressBodyBytes : undefined;
  const ports = [
    { setting: "port", host, port },
    { setting: "adminPort", host: adminHost, port: adminPort },
  ];
  return [
    ...mistakesOf(
      () => attachTokenFile && readTokens(attachTokenFile, "--attach-token-file"),
      () => adminTokenFile && readTokens(adminTokenFile, "--admin-token-file"),
      () => new ClientAddresses(trustedProxies ?? []),
      () => sessionKeyFile !== undefined && readKey(sessionKeyFile),
    ),
    ...ruleMistakes(found),
    ...tokenMistakes(found.config),
    ...originMistakes(found.config.allowOrigins ?? []),
    ...stateMistakes(found.config.state),
    ...tooSmall({ maxPayload }, { maxBodyBytes, addressBodyBytes }),
    ...samePorts(ports),
  ];
}

function ruleMistakes({ config, isGiven }: Found): string[] {
  const { app, rules, role } = config;
  // One that cannot be read was reported.
  if ((app === undefined && isGiven("app")) || (rules === undefined && isGiven("rules"))) return [];
  const mistakes = mistakesOf(() => readRules({ app, rules }));
  if (mistakes.length > 0) return mistakes;
  const found = readRules({ app, rules });
  if ((role ?? found.role) === undefined)
    return ["--role is required, as --rules does not name the role that the gateway plays"];
  if (role === undefined || found.role === undefined || found.role === role) return [];
  return [
    `--role is '${role}', but ${app === undefined ? "--rules" : "--app"} says that the gateway plays '${found.role}': leave out --role`,
  ];
}

/** Nothing is fetched to check settings. */
const noWork = { log: { info() {}, warn() {} }, now: () => 0 };

function tokenMistakes(config: Found["config"]): string[] {
  const {
    jwtAlgorithms = [],
    jwtSecretFile,
    jwtPublicKeyFile,
    jwtJwksFile,
    jwtJwksUrl,
    jwtIssuer,
    jwtAudience,
  } = config;
  const publicKeys = [jwtPublicKeyFile, jwtJwksFile, jwtJwksUrl].filter((each) => each !== undefined).length;
  const hasKeys = jwtSecretFile !== undefined || publicKeys > 0;
  const list = jwtAlgorithms ?? [];
  const unknown = list.filter((each) => !secretAlgorithms.includes(each) && !publicAlgorithms.includes(each));
  const usesSecret = list.some((each) => secretAlgorithms.includes(each));
  const usesPublic = list.some((each) => publicAlgorithms.includes(each));
  const all = [...secretAlgorithms, ...publicAlgorithms].join(", ");
  return [
    ...unknown.map((each) => `--jwt-algorithms: '${each}' is not one of ${all}`),
    ...(publicKeys > 1 ? ["--jwt-public-key-file, --jwt-jwks-file and --jwt-jwks-url: give one of them"] : []),
    ...(hasKeys && list.length === 0
      ? ["--jwt-algorithms is required with keys for tokens: name those that are accepted"]
      : []),
    ...(hasKeys && jwtIssuer === undefined ? ["--jwt-issuer is required with keys for tokens"] : []),
    ...(hasKeys && jwtAudience === undefined ? ["--jwt-audience is required with keys for tokens"] : []),
    ...(usesSecret && jwtSecretFile === undefined
      ? ["--jwt-algorithms has one with a secret, but --jwt-secret-file is not given"]
      : []),
    ...(usesPublic && publicKeys === 0
      ? [
          "--jwt-algorithms has one with a public key, but none of --jwt-public-key-file, --jwt-jwks-file and --jwt-jwks-url is given",
        ]
      : []),
    ...mistakesOf(() => jwtKeys(config as JwtConfig, noWork)),
  ];
}

function originMistakes(origins: readonly string[]): string[] {
  return origins.flatMap((origin) => {
    if (origin === "*" || URL.parse(origin)?.origin === origin.replace(/\/$/, "").toLowerCase()) return [];
    return [`--allow-origins: '${origin}' is no origin, such as https://example.org or http://localhost:3000`];
  });
}

function stateMistakes(state: GatewayConfig["state"]): string[] {
  return state === undefined || existsSync(dirname(state))
    ? []
    : [`--state: the folder ${dirname(state)} does not exist`];
}
