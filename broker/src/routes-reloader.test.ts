import assert from "node:assert/strict";
import { ApplicationError } from "@exosphere/application";
import { quietMs } from "@exosphere/settings";
import { collectingLog } from "@exosphere/telemetry";
import { FakeClock } from "./core/fake-clock.ts";
import { type RouteSketch, routesOf } from "./core/testing/routes.ts";
import { RoutesReloader } from "./routes-reloader.ts";
import type { FoundRoutes } from "./routes-source.ts";

const found = (sketch: RouteSketch, files = ["/app/application.yml"]): FoundRoutes => ({
  routes: routesOf(sketch),
  warnings: [],
  origin: "/app/application.yml",
  files,
});

/** A reloader whose files, clock and broker are the test's. */
class Bench {
  readonly clock = new FakeClock();
  readonly collected = collectingLog();
  readonly taken: string[][] = [];
  /** What the files say now: routes, or what reading them throws. */
  content: FoundRoutes | Error = found({ web: {} });
  reads = 0;
  watched: readonly string[] = [];
  touch = () => {};
  readonly reloader = new RoutesReloader({
    found: found({ web: {} }),
    read: () => {
      this.reads += 1;
      if (this.content instanceof Error) throw this.content;
      return this.content;
    },
    replace: (routes) => this.taken.push([...routes.keys()]),
    watch: (files, onChange) => {
      this.watched = files;
      this.touch = onChange;
      return () => {
        this.watched = [];
        this.touch = () => {};
      };
    },
    clock: this.clock,
    log: this.collected.log,
  });

  /** The files change, and are left alone. */
  change(content: FoundRoutes | Error): void {
    this.content = content;
    this.touch();
    this.clock.advance(quietMs);
  }
}

describe("changed routes", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.reloader.close());

  it("are taken over once the files are left alone", () => {
    bench.content = found({ web: {}, users: {} });
    bench.touch();
    bench.clock.advance(quietMs - 1);
    bench.touch();
    bench.clock.advance(quietMs - 1);
    assert.deepEqual([bench.reads, bench.taken], [0, []]);
    bench.clock.advance(1);
    assert.deepEqual([bench.reads, bench.taken], [1, [["web", "users"]]]);
  });

  it("are not taken over if they say the same as before", () => {
    bench.change(found({ web: {} }));
    assert.deepEqual([bench.reads, bench.taken], [1, []]);
    const levels = bench.collected.lines.map(({ level }) => level);
    assert.deepEqual(levels, ["debug"], "a touched file is not worth a line");
  });

  it("are read at once when asked for", () => {
    bench.content = found({ users: {} });
    bench.touch();
    bench.reloader.reload();
    assert.deepEqual(bench.taken, [["users"]]);
    bench.clock.advance(quietMs);
    assert.equal(bench.reads, 1);
  });

  it("are refused with all mistakes if they are broken, until they are mended", () => {
    bench.change(new ApplicationError(["one", "two"], ["/app/application.yml"]));
    assert.deepEqual([bench.taken, bench.reloader.rejected, bench.reloader.isStale], [[], 1, true]);
    assert.match(JSON.stringify(bench.collected.lines), /"one","two"/);
    bench.change(found({ web: {} }));
    assert.deepEqual([bench.taken, bench.reloader.rejected, bench.reloader.isStale], [[], 1, false]);
  });

  it("are refused for any other error as well", () => {
    bench.change(new TypeError("unforeseen"));
    assert.deepEqual([bench.taken, bench.reloader.rejected, bench.reloader.isStale], [[], 1, true]);
  });

  it("are watched for in the files that they lead to, also in those that are missing", () => {
    bench.change(new ApplicationError(["no service.yml"], ["/app/application.yml", "/app/users/service.yml"]));
    assert.deepEqual(bench.watched, ["/app/application.yml", "/app/users/service.yml"]);
    bench.change(found({ web: {} }));
    assert.deepEqual(bench.watched, ["/app/application.yml"]);
  });

  it("are watched for no longer once it is closed", () => {
    bench.touch();
    bench.reloader.close();
    bench.clock.advance(quietMs);
    assert.deepEqual([bench.reads, bench.watched, bench.clock.pending], [0, [], 0]);
  });
});
