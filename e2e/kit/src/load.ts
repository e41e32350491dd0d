import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { catalogue, ExoError, isReason } from "@exosphere/proto";
import type { Client } from "@exosphere/sdk";
import { Pool } from "undici";
import { eventually } from "./eventually.ts";

/** How long after its deadline an answer may come on a machine that is busy with other things, in milliseconds. */
const marginMs = 4_000;

/** One call of an app, and what came of it. */
export interface Call {
  readonly id: string;
  readonly verb: "send" | "request";
  /** Status of the answer; 0: the connection ended without one. */
  readonly status: number;
  /** Of the answer, if it was a problem. */
  readonly reason: string;
  readonly tookMs: number;
  /** Body of the answer. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a load calls, in whatever way. */
export interface Callee {
  /** Makes one call. Rejects if the connection ended without an answer. */
  call(verb: Call["verb"], id: string): Promise<Pick<Call, "status" | "json">>;
  close(): Promise<void>;
}

/** Many calls of an app at its sidecar, half of them sends and half of them requests. Remembers what came of each. */
export class Load {
  /** Those that have ended. */
  readonly calls: Call[] = [];
  readonly #callee: Callee;
  readonly #open = new Set<Promise<Call>>();
  #isStopped = false;

  constructor(callee: Callee) {
    this.#callee = callee;
  }

  /** How many calls went well so far. */
  get good(): number {
    return this.calls.filter(({ status }) => status === 200 || status === 202).length;
  }

  /** Makes so many calls at once. */
  burst(count: number): void {
    for (let index = 0; index < count; index += 1) void this.#start(index % 2 === 0 ? "send" : "request");
  }

  /** Keeps so many calls under way until `ended`. */
  steady(parallel: number): void {
    const caller = async (verb: Call["verb"]) => {
      while (!this.#isStopped) {
        const { status } = await this.#start(verb);
        // Who is refused at once does not come back at once.
        if (status !== 200 && status !== 202) await pause(20);
      }
    };
    for (let index = 0; index < parallel; index += 1) void caller(index % 2 === 0 ? "send" : "request");
  }

  /** Waits until so many more calls have gone well. */
  async goesOn(more = 100): Promise<void> {
    const wanted = this.good + more;
    await eventually(`${more} more calls that go well`, () => this.good >= wanted, 20_000);
  }

  /** Makes no new calls. Resolves with all of them once each has ended. */
  async ended(): Promise<readonly Call[]> {
    this.#isStopped = true;
    await Promise.all(this.#open);
    return this.calls;
  }

  /** Cuts what is still under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#callee.close();
    await Promise.all(this.#open);
  }

  async #start(verb: Call["verb"]): Promise<Call> {
    const calling = this.#call(verb);
    this.#open.add(calling);
    const call = await calling;
    this.#open.delete(calling);
    this.calls.push(call);
    return call;
  }

  async #call(verb: Call["verb"]): Promise<Call> {
    const id = randomUUID();
    const startedMs = performance.now();
    const answer = await this.#callee
      .call(verb, id)
      .catch((error: Error) => ({ status: 0, json: { error: error.message } }));
    const reason = "reason" in answer.json ? String(answer.json.reason) : "";
    return { id, verb, ...answer, reason, tookMs: performance.now() - startedMs };
  }
}

/** What is sent, what is asked, and how long each call has. */
export interface CallOptions {
  readonly send: string;
  readonly request: string;
  readonly deadlineMs: number;
}

/** Calls over HTTP, at the JSON edge of a sidecar. The payload is the id. */
export function overHttp(edge: string, { deadlineMs, ...names }: CallOptions): Callee {
  const pool = new Pool(edge, { connections: null, headersTimeout: 0, bodyTimeout: 0 });
  return {
    async call(verb, id) {
      const { statusCode: status, body } = await pool.request({
        method: "POST",
        path: `/v1/${verb}/${names[verb]}`,
        headers: { "exo-message-id": id, "exo-deadline": `${deadlineMs}ms` },
        body: JSON.stringify(id),
      });
      return { status, json: (await body.json()) as Call["json"] };
    },
    close: () => pool.destroy(),
  };
}

/** The same calls by the SDK. Their answers are told as HTTP would. */
export function overSdk(client: Client, { deadlineMs, ...names }: CallOptions): Callee {
  const post = async (verb: Call["verb"], id: string) => {
    if (verb === "request")
      return { status: 200, json: { ...(await client.request(names.request, id, { id, deadlineMs })) } };
    return { status: 202, json: { ...(await client.send(names.send, id, { id, deadlineMs })) } };
  };
  return {
    call: (verb, id) =>
      post(verb, id).catch((error: unknown) => {
        if (!(error instanceof ExoError)) throw error;
        return { status: error.httpStatus, json: { reason: error.reason, detail: error.detail } };
      }),
    close: async () => client.close(),
  };
}

/** Each call had an answer, in time: a good one, or a problem of the catalogue. */
export function assertAnswered(calls: readonly Call[], deadlineMs: number): void {
  for (const call of calls) {
    const { verb, status, reason, tookMs, json, id } = call;
    const said = JSON.stringify(call);
    assert.ok(tookMs < deadlineMs + marginMs, `late: ${said}`);
    if (status === (verb === "send" ? 202 : 200)) {
      // A reply is the one to this request.
      if (verb === "request") assert.deepEqual([json.responseTo, json.payload], [id, id]);
    } else {
      assert.ok(isReason(reason) && catalogue[reason].http === status && reason !== "INTERNAL", said);
    }
  }
}

/** How often each answer was given: what an assertion about a whole load says when it fails. */
export function tallyOf(calls: readonly Call[]): Readonly<Record<string, number>> {
  const tally: Record<string, number> = {};
  for (const { verb, status, reason, json } of calls) {
    const key = `${verb} ${status}${reason && ` ${reason}: ${json.detail}`}`;
    tally[key] = (tally[key] ?? 0) + 1;
  }
  return tally;
}
