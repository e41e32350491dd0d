import assert from "node:assert/strict";
import fc from "fast-check";
import { placeCrowd } from "../../page/model/map-crowd.ts";
import { findIn, onlyFound } from "../../page/model/map-search.ts";
import { fitted, moved, windowOf, windowText, zoomed } from "../../page/model/map-window.ts";
import { busView } from "../../src/core/bus-view.ts";
import { received, roleSample, sampleAt } from "../../src/core/sample.fixture.ts";

const viewOf = (names: readonly string[]) => busView(sampleAt(1, names.map((name) => roleSample(name, {}))), 1).roles; // biome-ignore format: one line

describe("the map of many roles", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-d](-[a-z]{1,6})?[0-9]{0,2}$/), { minLength: 1, maxLength: 60 });
  const size = fc.record({ width: fc.integer({ min: 640, max: 3000 }), height: fc.integer({ min: 300, max: 2000 }) });

  it("has every role apart from the others, whatever the window", () => {
    fc.assert(
      fc.property(names, size, fc.integer({ min: 1, max: 5 }), (roles, window, depth) => {
        const ranks = new Map(roles.map((role, index) => [role, index % depth]));
        const nodes = placeCrowd(viewOf(roles), ranks, window);
        assert.equal(nodes.length, roles.length);
        for (const [index, one] of nodes.entries())
          for (const other of nodes.slice(index + 1))
            assert.ok(Math.abs(one.x - other.x) >= one.width || Math.abs(one.y - other.y) >= one.height);
      }),
      { numRuns: 200 },
    );
  });

  it("stands where it stood, in whichever order the broker lists the roles", () => {
    const roles = Array.from({ length: 40 }, (_, index) => `role-${index}`);
    const ranks = new Map(roles.map((role, index) => [role, index % 3]));
    const placeOf = (listed: readonly string[]) =>
      placeCrowd(viewOf(listed), ranks, { width: 1000, height: 600 }).map(({ role, x, y }) => `${role.role} ${x} ${y}`);
    assert.deepEqual(placeOf(roles).sort(), placeOf(roles.toReversed()).sort());
  });

  it("has families beside each other", () => {
    const listed = ["b-1", "a-1", "b-2", "a-2"];
    const nodes = placeCrowd(viewOf(listed), new Map(), { width: 300, height: 900 });
    assert.deepEqual(
      nodes.map(({ role }) => role.role),
      ["a-1", "a-2", "b-1", "b-2"],
    );
  });
});

describe("what of the map is looked at", () => {
  const [map, screen] = [{ width: 2000, height: 500 }, { width: 1000, height: 600 }] as const; // biome-ignore format: one line

  it("is all of it at first, in the middle", () => {
    assert.deepEqual(fitted(map, screen), { x: 0, y: -350, scale: 0.5 });
    assert.equal(fitted({ width: 10, height: 10 }, screen).scale, 1);
  });

  it("comes nearer around a point, which stays where it is, within bounds", () => {
    const nearer = zoomed(fitted(map, screen), 2, { x: 250, y: 300 });
    assert.deepEqual(nearer, { x: 250, y: -50, scale: 1 });
    assert.deepEqual(
      [zoomed(nearer, 1e9, screen as never).scale, zoomed(nearer, 1e-9, screen as never).scale],
      [4, 0.1],
    );
  });

  it("is moved, and never away from the map", () => {
    assert.equal(moved(fitted(map, screen), -100, 0, map, screen).x, 200);
    assert.equal(moved(fitted(map, screen), -1e9, 0, map, screen).x, 1600);
  });

  it("stands in an address, from which nothing else is taken", () => {
    const text = windowText({ x: 12, y: -3, scale: 1.5 });
    assert.deepEqual(windowOf(text), { x: 12, y: -3, scale: 1.5 });
    for (const wrong of [undefined, "", "1,2", "a,b,c", "1,2,99", "1,2,Infinity"])
      assert.equal(windowOf(wrong), undefined);
  });
});

describe("a search in the map", () => {
  const sent = (name: string) => ({ name, publicName: name, outcomes: { ok: 1 } });
  const bus = busView(
    sampleAt(1, [
      roleSample("web", { sent: [sent("users.list")] }),
      roleSample("users", { received: [received("users.list", { ok: 1 })] }),
      roleSample("mail", {}),
    ]),
    1,
  );

  it("finds roles and messages by a part of their names, and can leave out the rest", () => {
    const found = findIn(bus, " USERS.");
    assert.ok(found);
    assert.deepEqual([found.roles.size, found.edges.size], [0, 1]);
    const only = onlyFound(bus, found);
    assert.deepEqual(only.roles.map(({ role }) => role).sort(), ["users", "web"]);
    assert.equal(findIn(bus, " "), undefined);
  });
});
