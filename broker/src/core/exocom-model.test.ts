import assert from "node:assert/strict";
import fc from "fast-check";
import type { Ending, Received } from "../contract/driver.ts";
import type { Loss } from "./observer.ts";
import { CoreBus, type CoreParticipant } from "./testing/core-bus.ts";
import { checkConcurrency, checkNothingIdles, checkPatience, checkStates } from "./testing/role-checks.ts";
import type { RouteSketch } from "./testing/routes.ts";

const tables: readonly RouteSketch[] = [
  {
    web: { sends: ["note", "free", "ask"], receives: ["answer"] },
    sink: { sends: ["answer", "ask"], receives: ["note", { name: "free", order: "none" }, "ask"] },
    other: {
      sends: ["answer"],
      receives: [
        { name: "note", concurrency: 1 },
        { name: "ask", deadlineMs: 700 },
      ],
    },
  },
  {
    web: { sends: ["note", "free", "ask"] },
    sink: {
      sends: ["answer", "ask"],
      receives: [
        { name: "free", order: "none", concurrency: 1 },
        { name: "ask", concurrency: 2 },
      ],
    },
    other: { receives: ["note", "answer"] },
  },
  {
    web: { sends: ["note", "ask"], receives: ["answer"] },
    sink: { sends: ["answer"], receives: ["note", "own ask"], translations: [{ public: "ask", internal: "own ask" }] },
  },
];
/** Bytes that one instance may have in flight. */
const maxInFlightBytes = 4_000;

const roles = ["web", "sink", "other"] as const;
const activities = ["one", "two", "three", "four"] as const;

type Step =
  | { readonly kind: "attach"; readonly role: string; readonly window: number }
  | { readonly kind: "detach"; readonly who: number }
  | { readonly kind: "stall"; readonly who: number }
  | {
      readonly kind: "publish";
      readonly who: number;
      readonly name: string;
      readonly activity: string;
      readonly asks: boolean;
    }
  | { readonly kind: "reply"; readonly who: number; readonly which: number }
  | { readonly kind: "done"; readonly who: number; readonly which: number }
  | { readonly kind: "settle"; readonly who: number; readonly which: number; readonly ending: Ending }
  | { readonly kind: "window"; readonly who: number; readonly window: number }
  | { readonly kind: "abandon"; readonly who: number }
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "routes"; readonly table: number };

const who = fc.nat({ max: 7 });
const which = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("attach" as const),
      role: fc.constantFrom(...roles),
      window: fc.nat({ max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("detach" as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("stall" as const), who }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("publish" as const),
      who,
      name: fc.constantFrom("note", "free", "ask"),
      activity: fc.constantFrom(...activities),
      asks: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("reply" as const), who, which }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("done" as const), who, which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("settle" as const),
      who,
      which,
      ending: fc.constantFrom<Ending>("retry", "failed", "dead", "returned"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("window" as const), who, window: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("abandon" as const), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("advance" as const), ms: fc.nat({ max: 3000 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("routes" as const), table: fc.nat({ max: 2 }) }) },
);

interface Attached {
  readonly participant: CoreParticipant;
  readonly held: Received[];
}

/** A bus under random load, with a book of what must be where. */
class Load {
  readonly lost: Loss[] = [];
  readonly bus: CoreBus;
  published = 0;
  done = 0;
  #request = 0;
  readonly #attached: Attached[] = [];

  constructor() {
    // Room for three small messages in flight.
    const limits = { maxQueueMessages: 8, maxInFlightBytes };
    this.bus = new CoreBus(tables[0] as RouteSketch, limits, { lost: (loss) => this.lost.push(loss) });
  }

  get inFlight(): number {
    return this.#attached.reduce((sum, { participant }) => sum + participant.instance.deliveries.size, 0);
  }

  get waiting(): number {
    return [...this.bus.exocom.roles.values()].reduce((sum, { backlog }) => sum + backlog.messages, 0);
  }

  async take(step: Step): Promise<void> {
    if (step.kind === "advance") return this.bus.advance(step.ms);
    if (step.kind === "attach") return this.#attach(step.role, step.window);
    if (step.kind === "routes") return this.bus.replaceRoutes(tables[step.table] as RouteSketch);
    const one = this.#attached[step.who % Math.max(1, this.#attached.length)];
    if (!one) return;
    const { participant, held } = one;
    held.push(...(await participant.received()));
    if (step.kind === "stall") return participant.stall();
    if (step.kind === "window") return participant.setWindow(step.window);
    if (step.kind === "abandon") return participant.abandon(this.#request);
    if (step.kind === "detach") return this.#detach(one);
    if (step.kind === "publish") return this.#publish(one, step);
    const [delivery] = held.splice(step.which % Math.max(1, held.length), 1);
    if (!delivery) return;
    if (step.kind === "reply") {
      held.push(delivery);
      return this.#reply(participant, delivery);
    }
    const isOut = participant.instance.deliveries.get(delivery.number) !== undefined;
    if (step.kind === "done") {
      await participant.done(delivery);
      this.done += isOut ? 1 : 0;
    } else await participant.settle(delivery, step.ending, 50);
  }

  /** Every delivery that was ever made is in exactly one place. */
  check(): void {
    assert.equal(this.published, this.done + this.lost.length + this.waiting + this.inFlight);
    for (const role of this.bus.exocom.roles.values()) {
      const { instances, backlog } = role;
      checkStates(role);
      checkNothingIdles(role);
      checkPatience(role, this.bus.clock.nowMs());
      assert.ok(backlog.messages <= 8 + this.inFlight, "only what was out may come back above the bound");
      for (const instance of instances) {
        const counted = [...instance.deliveries.values()].filter(({ answers }) => answers === 0);
        assert.equal(instance.inFlight, counted.length);
        const bytes = counted.map((delivery) => delivery.bytes);
        assert.equal(
          instance.inFlightBytes,
          bytes.reduce((sum, each) => sum + each, 0),
        );
        assert.ok(instance.inFlightBytes < maxInFlightBytes + Math.max(0, ...bytes), "one may go over the bound");
        checkConcurrency(role, instance);
        this.#checkLanes(counted.map(({ lane }) => lane));
      }
    }
  }

  /** Lets everybody go and all deadlines pass. */
  async end(): Promise<void> {
    for (const one of [...this.#attached]) this.#detach(one);
    await this.bus.advance(31_000);
  }

  #checkLanes(lanes: readonly unknown[]): void {
    assert.equal(new Set(lanes).size, lanes.length, "of a lane one delivery at a time is out");
  }

  #attach(role: string, window: number): void {
    if (!this.bus.exocom.roles.has(role)) return;
    this.#attached.push({ participant: this.bus.attachNow(role, { window }), held: [] });
  }

  #detach(one: Attached): void {
    this.#attached.splice(this.#attached.indexOf(one), 1);
    void one.participant.break();
  }

  #publish({ participant, held }: Attached, step: Step & { readonly kind: "publish" }): void {
    if (!participant.instance.isAttached) return;
    const request = step.asks ? ++this.#request : 0;
    const cause = held.find(({ activity }) => activity === step.activity);
    this.#count(
      step.name,
      participant.publishNow(step.name, { activity: step.activity, request, ...(cause ? { cause } : {}) }),
    );
  }

  #reply(participant: CoreParticipant, delivery: Received): void {
    if (!participant.instance.isAttached) return;
    this.#count("answer", participant.publishNow("answer", { replyTo: delivery }));
  }

  /** A message has one delivery for each role that receives it, whether its queue had room or not. */
  #count(name: string, verdict: string): void {
    if (verdict !== "ok" && verdict !== "QUEUE_FULL") return;
    for (const role of this.bus.exocom.roles.values()) if (role.subscriptions.has(name)) this.published += 1;
  }
}

describe("Exocom under random load", () => {
  it("has every delivery in one place, and in none once all have gone", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const load = new Load();
        for (const each of steps) {
          await load.take(each);
          load.check();
        }
        await load.end();
        load.check();
        assert.equal(load.waiting + load.inFlight, 0);
        for (const { backlog } of load.bus.exocom.roles.values())
          assert.deepEqual([backlog.bytes, backlog.lanes], [0, 0]);
        assert.equal(load.bus.exocom.memory.used, 0);
        assert.equal(load.bus.exocom.timers, 0);
      }),
      { numRuns: 200 },
    );
  });
});
