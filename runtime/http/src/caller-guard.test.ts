import assert from "node:assert/strict";
import { type CallerGuardOptions, callerGuard } from "./caller-guard.ts";
import type { Access } from "./page-check.ts";

const allAccess: readonly Access[] = ["probe", "public", "read", "change"];

/** Reasons for which a request is refused, by what it wants to do. */
function refusals(headers: Record<string, string>, options: CallerGuardOptions = {}, method = "GET") {
  const guard = callerGuard(options);
  const request = { method, headers: { host: "localhost:4200", ...headers }, rawHeaders: ["Host", "localhost:4200"] };
  return Object.fromEntries(allAccess.map((access) => [access, guard(request, access)?.reason]));
}

const passed = { probe: undefined, public: undefined, read: undefined, change: undefined };
const refused = { probe: "NOT_ALLOWED", public: "NOT_ALLOWED", read: "NOT_ALLOWED", change: "NOT_ALLOWED" };

/** Headers that Chromium puts on what a page of another host causes. */
const frame = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" };
const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
const image = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" };
const typed = { "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

describe("the guard of a server", () => {
  it("lets programs do everything", () => assert.deepEqual(refusals({ "user-agent": "curl/8.5" }), passed));

  it("refuses pages of other hosts, those of the same site as well", () => {
    assert.deepEqual(refusals(image), refused);
    assert.deepEqual(refusals(frame), refused);
    assert.deepEqual(refusals({ ...image, "sec-fetch-site": "same-site" }), refused);
    assert.deepEqual(refusals({ ...image, "sec-fetch-site": "same-origin, cross-site" }), refused);
  });

  it("lets links of other pages lead to what is public alone", () => {
    assert.deepEqual(refusals(link), { ...refused, public: undefined });
  });

  it("lets people who type an address look, and take nothing", () => {
    assert.deepEqual(refusals(typed), { ...passed, change: "NOT_ALLOWED" });
    assert.deepEqual(refusals({ ...typed, "sec-fetch-site": "same-origin" }), { ...passed, change: "NOT_ALLOWED" });
  });

  it("lets browsers that do not say where a request comes from look, and take nothing", () => {
    const old = { "user-agent": "Mozilla/5.0 (Macintosh) Version/15.0 Safari/605.1.15" };
    assert.deepEqual(refusals(old), { ...passed, change: "NOT_ALLOWED" });
  });

  it("refuses every origin that it was not given", () => {
    const options = { origins: ["https://App.example/"] };
    for (const origin of ["https://app.example.evil", "http://app.example", "null", "http://localhost:4200", ""])
      assert.deepEqual(refusals({ origin }, options), refused, origin);
    assert.deepEqual(refusals({ origin: "https://app.example", "sec-fetch-site": "cross-site" }, options), passed);
  });

  it("refuses a form of an allowed page that would be opened in place of the page", () => {
    const headers = { ...link, origin: "https://app.example" };
    const found = refusals(headers, { origins: ["https://app.example"] }, "POST");
    assert.deepEqual(found, { ...passed, change: "NOT_ALLOWED" });
  });

  it("takes the page that the process serves for itself, and no other for it", () => {
    const options = { servesPage: true };
    assert.deepEqual(refusals({ origin: "http://localhost:4200", "sec-fetch-site": "same-origin" }, options), passed);
    assert.deepEqual(refusals({ origin: "http://localhost:4201", "sec-fetch-site": "same-site" }, options), refused);
  });

  it("says which origin was refused, and which setting allows it", () => {
    const guard = callerGuard({ originsSetting: "--allow-origins" });
    const request = {
      headers: { host: "localhost", origin: "http://evil.example" },
      rawHeaders: ["Host", "localhost"],
    };
    assert.equal(
      guard(request, "change")?.detail,
      "Web pages of 'http://evil.example' may not call this process. Allow the origin with --allow-origins if they should.",
    );
  });

  it("asks for the token, but not probes and not for what is public", () => {
    const options = { tokens: () => ["right"] };
    const unauthenticated = { ...passed, read: "UNAUTHENTICATED", change: "UNAUTHENTICATED" };
    assert.deepEqual(refusals({}, options), unauthenticated);
    assert.deepEqual(refusals({ authorization: "Bearer wrong" }, options), unauthenticated);
    assert.deepEqual(refusals({ authorization: "Bearer right" }, options), passed);
  });

  it("lets probes call by any name, and nobody else", () => {
    assert.deepEqual(refusals({ host: "evil.example" }), { ...refused, probe: undefined });
  });
});
