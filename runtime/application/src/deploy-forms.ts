import type { SecretVariable } from "./deploy-section.ts";
import type { Form } from "./form.ts";
import type { YamlValue } from "./yaml-value.ts";

/** A text of a pattern. `expects` and `example` complete the mistake: what it must be, and how to write it. */
export function patterned(pattern: RegExp, expects: string, example: string): Form<string> {
  return {
    schema: { type: "string", pattern: pattern.source, examples: [example] },
    read(value) {
      const text = value.text();
      return text === undefined || pattern.test(text)
        ? text
        : value.refuse(`must be ${expects}; write it like ${example}`);
    },
  };
}

/** What names of images begin with: registry, port, path. */
export const imagePrefix = patterned(
  /^(?=.{1,200}$)[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::[0-9]{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/,
  "a registry and a path in it, in small letters and without a tag",
  "registry.example.org/shop",
);

/** An image with its tag or digest. */
export const imageName = patterned(
  /^(?=.{1,255}$)[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::[0-9]{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
  "an image, with its tag or digest",
  "registry.example.org/exosphere:0.1.0",
);

/** A tag of an image. */
export const imageTag = patterned(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, "a tag: letters, digits and . _ -", '"1.4.2"');

/** A name of the domain name system. */
export const hostName = patterned(
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/,
  "a host name in small letters, without a port",
  "shop.example.org",
);

const units = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;
const bytesPattern = /^([1-9][0-9]{0,5})(Ki|Mi|Gi|Ti)B?$/;

/** A number of bytes: `256Mi`, `256MiB`. */
export const bytesAmount: Form<number> = {
  schema: { type: "string", pattern: bytesPattern.source, examples: ["256Mi", "8Gi"] },
  read(value) {
    const [, count, unit] = (value.isText ? (value.text() ?? "") : "").match(bytesPattern) ?? [];
    if (count !== undefined) return Number(count) * units[unit as keyof typeof units];
    return value.refuse("must be a number of bytes; write it like 256Mi or 8Gi");
  },
};

const coresPattern = /^(?!0+(?:\.0+)?m?$)(?:[0-9]{1,7}m|[0-9]{1,4}(?:\.[0-9]{1,3})?)$/;

/** A part of CPUs in thousandths of one: `250m`, `0.5`, `2`. */
export const cpuMillis: Form<number> = {
  schema: {
    anyOf: [
      { type: "number", minimum: 0.001, maximum: 9999 },
      { type: "string", pattern: coresPattern.source },
    ],
    examples: ["250m", 1],
  },
  read(value) {
    const cores = value.number();
    if (cores !== undefined && cores >= 0.001 && cores <= 9999) return Math.round(cores * 1000);
    const text = value.isText ? (value.text() ?? "") : "";
    if (!coresPattern.test(text)) return value.refuse("must be a number of CPUs; write it like 250m, 0.5 or 2");
    return text.endsWith("m") ? Number(text.slice(0, -1)) : Math.round(Number(text) * 1000);
  },
};

const variablePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const secretPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$/;

/** Variables, each with the secret that it comes from: `VARIABLE: secret/key`. */
export const secretVariables: Form<readonly SecretVariable[]> = {
  schema: {
    type: "object",
    patternProperties: { [variablePattern.source]: { type: "string", pattern: secretPattern.source } },
    additionalProperties: false,
    examples: [{ DATABASE_URL: "database/url" }],
  },
  read: (value) => [...(value.entries() ?? [])].flatMap(([variable, secret]) => readSecret(variable, secret) ?? []),
};

function readSecret(variable: string, value: YamlValue): SecretVariable | undefined {
  if (!variablePattern.test(variable))
    value.refuseKey("is no name for an environment variable; use letters, digits and _");
  const text = value.text();
  if (text === undefined) return undefined;
  if (!secretPattern.test(text))
    return value.refuse("must be the name of a secret and a key in it; write it like database/url");
  const [secret = "", key = ""] = text.split("/");
  return { variable, secret, key };
}
