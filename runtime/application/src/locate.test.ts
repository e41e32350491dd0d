import assert from "node:assert/strict";
import { join } from "node:path";
import { withFolder } from "./fixtures/temporary-application.ts";
import { locate, type Wanted } from "./locate.ts";

const file = `name: x
services:
  web:
    docker-image: web
    messages:
      sends: [a, b]
      receives:
        - name: b
        - a
  users:
    docker-image: users
    messages: { sends: [b], receives: [a] }
    translations: [{ public: c, internal: b }]
`;

function placeOf(wanted: Wanted): string | undefined {
  const place = withFolder({ "application.yml": file }, (folder) => locate(join(folder, "application.yml"), wanted));
  return place && `${place.line}:${place.column}`;
}

describe("locate", () => {
  it("finds names in lists and in maps, below a role", () => {
    assert.equal(placeOf({ key: "sends", value: "b" }), "6:18");
    assert.equal(placeOf({ key: "sends", value: "b", under: "users" }), "12:25");
    assert.equal(placeOf({ key: "receives", value: "b" }), "8:17");
    assert.equal(placeOf({ key: "receives", value: "a" }), "9:11");
    assert.equal(placeOf({ key: "internal", value: "b" }), "13:43");
  });

  it("finds keys", () => {
    assert.equal(placeOf({ key: "users" }), "10:3");
  });

  it("finds nothing where there is nothing", () => {
    assert.equal(placeOf({ key: "sends", value: "c" }), undefined);
    assert.equal(locate("/no/such/file.yml", { key: "sends" }), undefined);
  });
});
