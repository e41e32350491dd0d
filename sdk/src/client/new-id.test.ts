import assert from "node:assert/strict";
import { newId } from "./new-id.ts";

describe("newId", () => {
  const ids = Array.from({ length: 5000 }, newId);

  it("makes UUIDs of version 4, no two alike", () => {
    for (const id of ids) assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("leaves everything else to chance", () => {
    for (let place = 0; place < 36; place += 1) {
      const values = new Set(ids.map((id) => id[place])).size;
      const isFixed = [8, 13, 14, 18, 23].includes(place);
      assert.equal(values, isFixed ? 1 : place === 19 ? 4 : 16, `digit ${place}`);
    }
  });
});
