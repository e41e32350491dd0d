import { readFileSync } from "node:fs";

/** Where fuzzing begins: `frames` and `responses` in hex, the others as text. */
interface Corpus {
  readonly frames: readonly string[];
  readonly responses: readonly string[];
  readonly webSocket: readonly string[];
  readonly gateway: readonly string[];
  readonly claims: readonly string[];
  readonly bodies: readonly string[];
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../corpus/${name}.json`, import.meta.url), "utf8"));
const corpus = read("fuzz") as Corpus;
const others = ["bodies", "lines", "websocket-frames"].flatMap((name) =>
  Object.values(read(name) as Record<string, { readonly text?: string }[]>).flatMap((list) =>
    list.flatMap(({ text }) => text ?? []),
  ),
);
/** Frames of an instance. */
export const frames: readonly Buffer[] = corpus.frames.map((hex) => Buffer.from(hex, "hex"));
/** Frames of a broker. The first takes the instance in. */
export const responses: readonly Buffer[] = corpus.responses.map((hex) => Buffer.from(hex, "hex"));
/** Frames of a service's WebSocket. */
export const webSocketTexts: readonly string[] = [...corpus.webSocket, ...others];
/** Frames of a client of the gateway. */
export const gatewayTexts: readonly string[] = [...corpus.gateway, ...others];
/** Bodies of requests. */
export const bodyTexts: readonly string[] = [...corpus.bodies, ...others];
/** Claims of JWTs. */
export const claimTexts: readonly string[] = corpus.claims;
