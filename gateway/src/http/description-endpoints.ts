import type { ClientEndpoint } from "./client-edge.ts";

/** `GET /openapi.json` and `GET /asyncapi.json`. The texts change with the routes. */
export function descriptionEndpoints(texts: {
  readonly openapi: () => string;
  readonly asyncapi: () => string;
}): ClientEndpoint[] {
  return (["openapi", "asyncapi"] as const).map((kind) => ({
    method: "GET",
    path: `/${kind}.json`,
    route: kind,
    access: "public" as const,
    handle(exchange) {
      exchange.admit();
      exchange.answer(200, texts[kind](), { "cache-control": "no-cache" });
    },
  }));
}
