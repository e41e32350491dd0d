import assert from "node:assert/strict";
import { ReferencePage } from "@exosphere/testkit/reference-page";
import { verdictOf } from "./answer.ts";

/** The rows of the table of answers whose outcome follows from the status alone. */
const rows = [...new ReferencePage("http-api.md").section("Deliveries").matchAll(/^\| ([^|`]+) \| (\w+) \|/gm)].map(
  ([, answer = "", outcome = ""]) => ({ answer, outcome }),
);

/** The outcome that the page has for a status: by itself, or else by its class. */
function documented(status: number): string | undefined {
  const named = rows.find(({ answer }) => answer.split(", ").includes(String(status)));
  const ofClass = rows.find(({ answer }) => /^any other/.test(answer) && answer.includes(`${String(status)[0]}xx`));
  const done = rows.find(({ answer }) => answer === "2xx with any other body, or none");
  return (named ?? (status < 300 ? done : ofClass))?.outcome;
}

describe("docs/reference/http-api.md", () => {
  it("says of each status what it does to a delivery", () => {
    for (let status = 200; status < 600; status += 1)
      assert.equal(documented(status), verdictOf(status, undefined, 0).outcome, String(status));
  });
});
