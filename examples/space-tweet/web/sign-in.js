// Who somebody is: a name is all that it takes here. What the browser gets is a JWT (RFC 7519), by which the gateway knows
// the user and tells the services in `auth`.
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";

const lifetimeSeconds = 3600;

/** Makes what signs tokens, `token(user)`. Where no secret is shared with a gateway there are none: undefined. */
export async function openTokens(environment) {
  const { EXO_JWT_SECRET_FILE: file, EXO_JWT_ISSUER: iss, EXO_JWT_AUDIENCE: aud } = environment;
  if (!file) return undefined;
  const secret = (await readFile(file, "utf8")).trim();
  return ({ id, name }) => {
    const iat = Math.floor(Date.now() / 1000);
    const claims = { iss, aud, sub: id, name, iat, exp: iat + lifetimeSeconds };
    const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  };
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
