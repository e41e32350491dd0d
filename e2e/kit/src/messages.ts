/** An answer of the edge, read whole. */
export interface EdgeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

type Body = string | Uint8Array<ArrayBuffer> | undefined;

/** Posts to an edge as any client would. */
export async function post(url: string, body?: Body, headers: Record<string, string> = {}): Promise<EdgeAnswer> {
  const response = await fetch(url, { method: "POST", headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json");
  const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, text, json };
}

/** `POST /v1/send/<name>` at a sidecar. */
export function send(edge: string, name: string, body?: Body, headers?: Record<string, string>): Promise<EdgeAnswer> {
  return post(`${edge}/v1/send/${encodeURIComponent(name)}`, body, headers);
}

/** `POST /v1/request/<name>` at a sidecar. */
export function ask(edge: string, name: string, body?: Body, headers?: Record<string, string>): Promise<EdgeAnswer> {
  return post(`${edge}/v1/request/${encodeURIComponent(name)}`, body, headers);
}
