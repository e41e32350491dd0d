import assert from "node:assert/strict";
import type { Route } from "@exosphere/application";
import { getsOnlyReplies } from "./only-replies.ts";

const route = (sends: string[], receives: string[], translations: Route["translations"] = []): Route => ({
  sends,
  receives: receives.map((name) => ({ name })),
  translations,
});

describe("a role that gets only replies", () => {
  const greeter = route(["greeted"], ["greet"]);

  it("is one to which nobody sends that it does not ask", () => {
    const routes = new Map([
      ["web", route(["greet"], ["greeted"])],
      ["greeter", greeter],
    ]);
    assert.equal(getsOnlyReplies("web", routes), true);
  });

  it("is none that is told something by others, or is not there", () => {
    const routes = new Map([
      ["web", route(["greet"], ["greeted", "ticked"])],
      ["greeter", greeter],
      ["clock", route(["ticked"], [])],
    ]);
    assert.deepEqual([getsOnlyReplies("web", routes), getsOnlyReplies("nobody", routes)], [false, false]);
  });

  it("is found by the public names of messages", () => {
    const routes = new Map([
      [
        "web",
        route(
          ["hello"],
          ["answer"],
          [
            { public: "greet", internal: "hello" },
            { public: "greeted", internal: "answer" },
          ],
        ),
      ],
      ["greeter", greeter],
    ]);
    assert.equal(getsOnlyReplies("web", routes), true);
  });
});
