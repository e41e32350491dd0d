import assert from "node:assert/strict";
import { ActivityAffinity } from "./activity-affinity.ts";
import type { AttachedInstance } from "./attachments.ts";
import { FakeClock } from "./fake-clock.ts";
import { CoreBus } from "./testing/core-bus.ts";

const mebibyte = 1024 * 1024;

describe("ActivityAffinity", () => {
  const bus = new CoreBus({ sink: {}, other: {} });
  const attach = (role: string): AttachedInstance => bus.attachNow(role).instance;

  it("knows one instance of each role, the latest", () => {
    const affinity = new ActivityAffinity(new FakeClock(), mebibyte);
    const [first, second, other] = [attach("sink"), attach("sink"), attach("other")];
    affinity.touch("one", first);
    affinity.touch("one", other);
    assert.deepEqual([affinity.get("one", first.role), affinity.get("one", other.role)], [first, other]);
    affinity.touch("one", second);
    assert.deepEqual([affinity.get("one", first.role), affinity.get("one", other.role)], [second, other]);
    assert.equal(affinity.get("two", first.role), undefined);
  });

  it("does not name an instance that has left", () => {
    const affinity = new ActivityAffinity(new FakeClock(), mebibyte);
    const gone = attach("sink");
    affinity.touch("one", gone);
    bus.exocom.detach(gone);
    assert.equal(affinity.get("one", gone.role), undefined);
  });

  it("forgets an activity that was idle for more than 60 s", () => {
    const clock = new FakeClock();
    const affinity = new ActivityAffinity(clock, mebibyte);
    const [sink, other] = [attach("sink"), attach("other")];
    affinity.touch("one", sink);
    clock.advance(60_000);
    assert.equal(affinity.get("one", sink.role), sink);
    clock.advance(1);
    assert.equal(affinity.get("one", sink.role), undefined);
    assert.deepEqual([affinity.bytes, affinity.evictions], [0, 0]);
    affinity.touch("one", sink);
    clock.advance(60_001);
    affinity.touch("one", other);
    assert.equal(affinity.get("one", sink.role), undefined);
  });

  it("lets the idle go by itself, without being asked for them", () => {
    const clock = new FakeClock();
    const affinity = new ActivityAffinity(clock, mebibyte);
    const sink = attach("sink");
    for (let count = 0; count < 100; count += 1) affinity.touch(`old ${count}`, sink);
    const full = affinity.bytes;
    clock.advance(60_001);
    for (let count = 0; count < 50; count += 1) affinity.touch("new", sink);
    assert.ok(affinity.bytes <= full / 100);
  });

  it("stays within its bytes: the activity that was idle longest goes first, and is counted", () => {
    const clock = new FakeClock();
    const affinity = new ActivityAffinity(clock, 10_000);
    const [sink, other] = [attach("sink"), attach("other")];
    for (let count = 0; count < 1000; count += 1) {
      clock.advance(1);
      affinity.touch(`activity ${count}`, sink);
      affinity.touch(`activity ${count}`, other);
      // Used again and again, it stays.
      affinity.touch("busy", sink);
      assert.ok(affinity.bytes <= 10_000);
    }
    assert.equal(affinity.get("busy", sink.role), sink);
    assert.equal(affinity.get("activity 999", other.role), other);
    assert.equal(affinity.get("activity 0", sink.role), undefined);
    const kept = Array.from({ length: 1000 }, (_, count) => affinity.get(`activity ${count}`, sink.role)).filter(
      Boolean,
    );
    assert.equal(affinity.evictions, 1000 - kept.length);
    affinity.clear();
    assert.equal(affinity.bytes, 0);
  });

  it("forgets an instance that a message alone made take part, once that comes back unseen", () => {
    const affinity = new ActivityAffinity(new FakeClock(), mebibyte);
    const [sink, other] = [attach("sink"), attach("other")];
    affinity.touch("one", other);
    affinity.touch("one", sink, 7);
    affinity.forgetGiven("one", sink, 8);
    assert.equal(affinity.get("one", sink.role), sink, "it was another message");
    affinity.forgetGiven("one", sink, 7);
    assert.deepEqual([affinity.get("one", sink.role), affinity.get("one", other.role)], [undefined, other]);
    affinity.touch("two", sink, 9);
    affinity.forgetGiven("two", sink, 9);
    assert.equal(affinity.get("two", sink.role), undefined);
    affinity.clear();
    assert.equal(affinity.bytes, 0);
  });

  it("keeps an instance that has taken part by anything else since", () => {
    const affinity = new ActivityAffinity(new FakeClock(), mebibyte);
    const [sink, later] = [attach("sink"), attach("sink")];
    affinity.touch("one", sink, 7);
    affinity.touch("one", sink);
    affinity.forgetGiven("one", sink, 7);
    assert.equal(affinity.get("one", sink.role), sink);
    affinity.touch("one", later, 8);
    affinity.forgetGiven("one", sink, 7);
    assert.equal(affinity.get("one", sink.role), later);
  });

  it("keeps one activity however little it may keep", () => {
    const affinity = new ActivityAffinity(new FakeClock(), 1);
    const sink = attach("sink");
    affinity.touch("one", sink);
    affinity.touch("two", sink);
    assert.deepEqual([affinity.get("one", sink.role), affinity.get("two", sink.role)], [undefined, sink]);
    assert.equal(affinity.evictions, 1);
  });
});
