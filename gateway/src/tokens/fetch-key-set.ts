import type { JSONWebKeySet } from "jose";

/** An identity provider that has not answered completely within this time is away, in milliseconds. */
const timeoutMs = 5_000;
/** The largest key set, in bytes as it is unpacked. Those of large providers have some 10 KiB. */
const maxBytes = 512 * 1024;
/** The most keys of a set. A provider has one or two of each algorithm; a rotation doubles them. */
const maxKeys = 200;

/** Fetches a JSON Web Key Set (RFC 7517, section 5). Rejects with an Error that tells operators why there is none. */
export async function fetchKeySet(url: string): Promise<JSONWebKeySet> {
  try {
    const response = await fetch(url, {
      headers: { accept: "application/jwk-set+json, application/json" },
      // Whoever can redirect could name keys of its own: the URL of the setting is the only source.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return keySetOf(await textOf(response));
  } catch (error) {
    throw error instanceof KeySetError ? error : new KeySetError(reasonOf(error));
  }
}

class KeySetError extends Error {}

async function textOf(response: Response): Promise<string> {
  const { status } = response;
  const isRedirect = status >= 300 && status < 400;
  if (status !== 200) {
    await response.body?.cancel();
    throw new KeySetError(
      isRedirect
        ? `it answered ${status}; redirects are not followed: give the final URL`
        : `it answered ${status} and not 200`,
    );
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the rest of the body.
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > maxBytes) throw new KeySetError(`its answer is larger than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function keySetOf(text: string): JSONWebKeySet {
  let keys: unknown;
  try {
    keys = (JSON.parse(text) as { readonly keys?: unknown } | null)?.keys;
  } catch {
    throw new KeySetError("its answer is not JSON");
  }
  if (!Array.isArray(keys) || !keys.every(isObject)) throw new KeySetError("its answer is not a JSON Web Key Set");
  if (keys.length > maxKeys) throw new KeySetError(`it has ${keys.length} keys, more than ${maxKeys}`);
  return { keys };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unexpected failure";
  if (error.name === "TimeoutError") return `it did not answer within ${timeoutMs} ms`;
  const { cause } = error;
  const text = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : undefined;
  return text ?? error.message;
}
