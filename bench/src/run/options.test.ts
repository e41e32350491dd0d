import assert from "node:assert/strict";
import { readOptions, subjectsOf } from "./options.ts";
import { median, spread } from "./result.ts";
import { manyRoutes } from "./routes.ts";

describe("the options of the benchmark", () => {
  it("are all parts and five rounds without any", () => {
    const options = readOptions([]);
    assert.equal(options?.rounds, 5);
    assert.deepEqual(options?.inFlight, [1, 8, 64, 256, 1024]);
    assert.ok((options?.parts.length ?? 0) >= 7);
  });

  it("choose a part of it", () => {
    const options = readOptions(["--parts", "request", "--only", "nats,relay-3", "--in-flight", "64"]);
    assert.ok(options);
    assert.deepEqual(
      subjectsOf("request", options).map(({ id }) => id),
      ["relay-3", "nats"],
    );
    assert.deepEqual(options.inFlight, [64]);
  });

  it("are refused with what there is", () => {
    assert.throws(() => readOptions(["--only", "nat"]), /--only has nat, but knows .*nats/);
    assert.throws(() => readOptions(["--rounds", "0"]), /--rounds takes whole numbers above 0, not '0'/);
    assert.throws(() => readOptions(["--fast"]), /fast/);
  });

  it("can be asked for", () => {
    assert.equal(readOptions(["--help"]), undefined);
  });
});

describe("the figures of some rounds", () => {
  it("are their median and half their range", () => {
    assert.equal(median([5, 1, 3]), 3);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(spread([80, 100, 130]), 0.25);
  });
});

describe("the routes of a large application", () => {
  it("are 10,000 of 1,000 roles", () => {
    const roles = Object.values(manyRoutes());
    assert.equal(roles.length, 1000);
    const routes = roles.reduce((sum, { sends, receives }) => sum + sends.length + receives.length, 0);
    assert.ok(Math.abs(routes - 10_000) < 50, `${routes} routes`);
  });

  it("lead somewhere", () => {
    const roles = Object.values(manyRoutes());
    const received = new Set(roles.flatMap(({ receives }) => receives));
    const heard = roles.flatMap(({ sends }) => sends).filter((name) => received.has(name));
    assert.ok(heard.length > 4000, `${heard.length} have a receiver`);
  });
});
