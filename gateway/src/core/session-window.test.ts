import assert from "node:assert/strict";
import fc from "fast-check";
import { frameOf, type Pushed, SessionWindow } from "./session-window.ts";

function pushed(id: string, bytes = 10): Pushed {
  return { body: `"name":"${id}"}`, bytes, id, atMs: 0, returnPath: undefined, awaited: undefined };
}

describe("SessionWindow", () => {
  it("numbers what it is given from where it starts", () => {
    const window = new SessionWindow(7);
    assert.deepEqual([window.append(pushed("a")), window.append(pushed("b"))], [8, 9]);
    assert.deepEqual([window.gone, window.last, window.size, window.bytes], [7, 9, 2, 20]);
    assert.equal(frameOf(8, window.at(8) as Pushed), '{"offset":8,"name":"a"}');
    assert.equal(window.at(7) ?? window.at(10), undefined);
  });

  it("behaves as a list whose front is cut off", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 600 }), (steps) => {
        const window = new SessionWindow();
        const model: string[] = [];
        let gone = 0;
        for (const [index, appends] of steps.entries()) {
          if (appends) {
            window.append(pushed(`${index}`));
            model.push(`${index}`);
          } else if (window.dropOldest()) {
            assert.ok(model.shift() !== undefined);
            gone += 1;
          } else assert.equal(model.length, 0);
          assert.deepEqual([window.gone, window.size, window.bytes], [gone, model.length, model.length * 10]);
          assert.deepEqual(
            model.map((_, at) => window.at(gone + 1 + at)?.id),
            model,
          );
          assert.equal(window.oldest?.id, model[0]);
          assert.equal(window.find(() => true)?.id, model.at(-1));
        }
      }),
      { numRuns: 50 },
    );
  });
});
