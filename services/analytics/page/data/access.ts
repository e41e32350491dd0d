const key = "exosphere-token";

/** The token that the dashboard asks for where it is not on loopback: kept for this tab alone. */
export function token(): string {
  return sessionStorage.getItem(key) ?? "";
}

/** Keeps a token. One may come with the address, `#token=…`, and is taken out of it. */
export function keepToken(value: string): void {
  sessionStorage.setItem(key, value);
}

/** Takes a token out of the address, so that it is not left in bookmarks and over shoulders. */
export function takeTokenFromAddress(): void {
  const found = /^#token=([^&]+)/.exec(location.hash)?.[1];
  if (!found) return;
  keepToken(decodeURIComponent(found));
  history.replaceState(null, "", location.pathname);
}

/** What went wrong when the process was asked, in its own words. */
export class AskError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** Asks the process behind the page. Throws an AskError. */
export async function ask<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await open(path, signal);
  return (await response.json()) as Answer;
}

/** The same, for who reads the answer as it comes. */
export async function open(path: string, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = token() ? { authorization: `Bearer ${token()}` } : {};
  const response = await fetch(path, { headers, ...(signal && { signal }) }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new AskError(0, "The dashboard does not answer: its process may have ended.");
  });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new AskError(response.status, problem.detail ?? `The dashboard answered ${response.status}.`);
}
