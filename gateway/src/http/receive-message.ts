import { createHash } from "node:crypto";
import { type BodyDone, checkPayload, collectBody, headOfCall, restOf, sendStatusProblem } from "@exosphere/http";
import { type Draft, Refusal, repeatedFields } from "@exosphere/message";
import { callKey, idOfCall, lasting, ownerOf } from "../call-key.ts";
import type { Caller } from "../core/client-sends.ts";
import { Denied } from "../core/denied.ts";
import type { Answer } from "../core/desk.ts";
import { failureOf } from "../failure.ts";
import { answerOf, type Exchange } from "./exchange.ts";

/** Answers the call, once. */
export type Finish = (answer: Answer | { readonly failed: unknown }) => void;

/** Receives the message of a call, checks who calls and how often, and has it dealt with once for each key. */
export function receiveMessage(
  exchange: Exchange,
  isRequest: boolean,
  handle: (caller: Caller, draft: Draft, finish: Finish) => void,
): void {
  const { request, desk } = exchange;
  const announced = request.headers["content-length"];
  // Of a body that is too large nothing is read: what it says that it has is not owed by everybody at its address.
  const announcedBytes = Math.min(Number(announced ?? 0), desk.maxPayloadBytes);
  exchange.identify((user) => {
    const session = exchange.session(user);
    if (user && session && !session.user) throw anonymous();
    exchange.limit(session, user);
    const head = headOfCall(request, restOf(exchange.match));
    const caller = { session, user: user ?? session?.user, address: exchange.address };
    desk.sends.admit(caller, head.name, isRequest);
    const received: BodyDone = (error, body) => {
      if (error) return exchange.fail(error);
      exchange.withPlain(body, desk.maxPayloadBytes, (plain) => {
        const draft = { ...head, payload: checkPayload(plain) };
        onceForEachKey(exchange, caller, draft, (keyed, finish) => handle(caller, keyed, finish));
      });
    };
    collectBody(request, desk.maxPayloadBytes, received, exchange.bodyRoom(announced !== undefined));
  }, announcedBytes);
}

function onceForEachKey(
  exchange: Exchange,
  caller: Caller,
  draft: Draft,
  handle: (draft: Draft, finish: Finish) => void,
): void {
  const { desk, log } = exchange;
  const given = keyOf(exchange);
  if (given === undefined)
    return handle(draft, (answer) => exchange.send("failed" in answer ? answerOf(answer.failed, log) : answer));
  const key = callKey(given, caller, desk);
  const earlier = desk.calls.start(key, ownerOf(caller), fingerprintOf(exchange, draft), desk.clock.now());
  if (earlier.kind === "answered") {
    const { answer } = earlier;
    return exchange.send({ ...answer, headers: { ...answer.headers, "idempotency-replayed": "true" } });
  }
  if (earlier.kind !== "none") return refuseKey(exchange, earlier.kind);
  const finish: Finish = (answer) => {
    const told = "failed" in answer ? answerOf(answer.failed, log) : answer;
    if ("failed" in answer && !lasting.has(failureOf(answer.failed).reason)) desk.calls.undone(key);
    else desk.calls.answered(key, told, told.body.length);
    exchange.send(told);
  };
  try {
    handle({ ...draft, id: draft.id ?? idOfCall(key) }, finish);
  } catch (thrown) {
    finish({ failed: thrown });
  }
}

/** draft-ietf-httpapi-idempotency-key-header: a string of structured fields. Others write it without quotes. */
function keyOf(exchange: Exchange): string | undefined {
  const value = exchange.header("idempotency-key");
  if (value === undefined) return undefined;
  const [, quoted, bare] =
    /^(?:"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,200})"|([\w.:+/=-]{1,200}))$/.exec(value.trim()) ?? [];
  const key = quoted ?? bare;
  if (key !== undefined) return key;
  throw new Refusal(
    'The Idempotency-Key must be a text of 1 to 200 characters in quotes, such as "8e03978e-40d5-43dd".',
  );
}

function fingerprintOf({ request }: Exchange, draft: Draft): string {
  const hash = createHash("sha256").update(JSON.stringify([request.url, ...repeatedFields(draft)]));
  return hash.update(draft.payload).digest("base64");
}

function anonymous(): Denied {
  const detail =
    "The session of exo-session is anonymous. Sign it in by POST /v1/session, which tells its new token, or leave one of the headers out.";
  return new Denied("UNAUTHENTICATED", detail, { facts: { error: "invalid_session" } });
}

function refuseKey({ response }: Exchange, kind: "running" | "other"): void {
  if (kind === "running") {
    const detail = "A call with this Idempotency-Key is under way. Wait for its answer.";
    return sendStatusProblem(response, 409, detail, { headers: { "retry-after": "1" } });
  }
  sendStatusProblem(response, 422, "This Idempotency-Key was used for another message. Take a new key for each.");
}
