import assert from "node:assert/strict";
import { Refusal } from "@exosphere/message";
import fc from "fast-check";
import { ask, whileServing } from "./exchange.fixture.ts";
import { queryOf, type Route, Router, restOf } from "./router.ts";

const routes: readonly Route[] = [
  { method: "GET", path: "/livez", access: "probe" },
  { method: "GET", path: "/status", access: "public" },
  { method: "GET", path: "/level", access: "read" },
  { method: "PUT", path: "/level" },
  { method: "POST", path: "/v1/send" },
  { method: "POST", path: "/v1/send/" },
  { method: "POST", path: "/v1/settle/", rest: "delivery id" },
];

describe("a router", () => {
  const router = new Router(routes);
  const find = (method: string, url: string) => router.find({ method, url });

  it("finds a route by its method and exact path", () => {
    assert.equal(find("GET", "/status").route, routes[1]);
    assert.equal(find("GET", "/status?verbose=/v1/send/x").route, routes[1]);
    assert.equal(find("PUT", "/level").route, routes[3]);
    assert.equal(find("POST", "/v1/send").route, routes[4]);
    for (const path of ["/", "/status/", "/statusx", "/Status", "/v2/send/x", "/v1/../status", "*", ""])
      assert.equal(find("GET", path).route, undefined, path);
  });

  it("finds the route that takes everything below its path", () => {
    for (const path of ["/v1/send/", "/v1/send/a", "/v1/send/a/b?c"])
      assert.equal(find("POST", path).route, routes[5], path);
  });

  it("takes a HEAD for a GET, and no method for another", () => {
    assert.equal(find("HEAD", "/status").route, routes[1]);
    for (const method of ["HEAD", "GET", "DELETE", "post"])
      assert.equal(find(method, "/v1/send/x").route, undefined, method);
  });

  it("says what a caller needs: what its route does, and for a list of the routes to be allowed to read", () => {
    const accesses = [find("GET", "/livez"), find("GET", "/status"), find("PUT", "/level"), find("GET", "/nowhere")];
    assert.deepEqual(
      accesses.map(({ access }) => access),
      ["probe", "public", "change", "read"],
    );
    assert.equal(find("POST", "/level").access, "read");
    assert.equal(find("POST", "/livez").access, "probe");
    assert.equal(new Router(routes, { elsewhere: "public" }).find({ method: "GET", url: "/x" }).access, "public");
  });

  it("decodes the rest of a path exactly once", () => {
    for (const [encoded, rest] of [
      ["", ""],
      ["users.create", "users.create"],
      ["a%2Fb", "a/b"],
      ["a/b", "a/b"],
      ["a%252Fb", "a%2Fb"],
      ["user%20created", "user created"],
      ["a+b", "a+b"],
      ["a%00b", "a\0b"],
      ["%F0%9F%91%8D", "👍"],
      ["gr%c3%bc%C3%9Fe", "grüße"],
    ] as const) {
      assert.equal(restOf(find("POST", `/v1/send/${encoded}?x=%`)), rest);
    }
  });

  it("gives the rest of a path back as it was before encodeURIComponent, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(text.isWellFormed());
        assert.equal(restOf(find("POST", `/v1/send/${encodeURIComponent(text)}`)), text);
      }),
    );
  });

  it("refuses a rest that is not percent-encoded UTF-8 only when it is read", () => {
    for (const encoded of ["%", "a%", "%zz", "%2", "%C3%28", "%ED%A0%80", "%FF", "%F0%9F%91"]) {
      const match = find("POST", `/v1/settle/${encoded}`);
      assert.equal(match.route, routes[6]);
      assert.throws(
        () => restOf(match),
        (error) => error instanceof Refusal && /^The delivery id in the path is not percent-/.test(error.message),
      );
    }
  });

  it("answers what no route serves with a list of those that there are, and the methods of the path", async () => {
    const served = new Router(routes, { alsoServed: ["WebSocket /v1/socket"] });
    await whileServing(
      (request, response) => served.answerUnserved(request, response),
      async (port) => {
        const nowhere = await ask({ port, path: `/${"x".repeat(300)}`, method: "POST", body: "1" });
        const { detail, endpoints, ...problem } = JSON.parse(nowhere.text);
        assert.deepEqual(problem, { type: "about:blank", title: "Not Found", status: 404 });
        assert.equal(nowhere.headers.connection, "close");
        assert.deepEqual(endpoints.slice(-3), [
          "POST /v1/send/<name>",
          "POST /v1/settle/<delivery id>",
          "WebSocket /v1/socket",
        ]);
        assert.equal(detail, `There is no POST /${"x".repeat(199)} here. There is: ${endpoints.join(", ")}.`);

        const allowOf = async (path: string, method: string) => {
          const { status, headers } = await ask({ port, path, method });
          return [status, headers.allow];
        };
        assert.deepEqual(await allowOf("/level", "DELETE"), [405, "GET, HEAD, PUT"]);
        assert.deepEqual(await allowOf("/v1/send/x", "GET"), [405, "POST"]);
        assert.deepEqual(await allowOf("/v1/send", "OPTIONS"), [405, "POST"]);
      },
    );
  });
});

describe("the query of a request", () => {
  it("is what follows the first question mark", () => {
    assert.equal(queryOf({ url: "/a?b=c%20d&e=f?g" }).get("e"), "f?g");
    assert.equal(queryOf({ url: "/a" }).size, 0);
  });
});
