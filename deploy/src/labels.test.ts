import assert from "node:assert/strict";
import fc from "fast-check";
import { labelOf, labelsOf, maxLabelLength } from "./labels.ts";

const reserved = ["broker", "gateway"];

/** Names that are likely to meet: what labels are made of, and what people call roles. */
const names = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom(
      "web",
      "Web",
      "wEb",
      "web ",
      "web-sidecar",
      "web-2",
      "broker",
      "users.admin",
      "users admin",
      "é",
      "1",
    ),
    fc.string({ minLength: 1, maxLength: 80, unit: "grapheme" }),
    fc.stringMatching(/^[a-z]{1,3}-h[0-9a-f]{8}$/),
  ),
  { maxLength: 30 },
);

describe("the labels of roles", () => {
  it("are the roles where those are DNS labels", () => {
    assert.deepEqual([...labelsOf(["web", "space-tweet", "a1"])], [["web", "web"], ["space-tweet", "space-tweet"], ["a1", "a1"]]); // biome-ignore format: one line
  });

  it("end with a hash where a role has other characters, or a name that something else has", () => {
    for (const [name, expected] of [
      ["users.admin", /^users-admin-h[0-9a-f]{8}$/],
      ["Web", /^web-h[0-9a-f]{8}$/],
      ["пользователи", /^role-h[0-9a-f]{8}$/],
      ["web-sidecar", /^web-sidecar-h[0-9a-f]{8}$/],
      ["x".repeat(255), /^x{30}-h[0-9a-f]{8}$/],
      ["broker", /^broker-h[0-9a-f]{8}$/],
    ] as const)
      assert.match(labelsOf([name], reserved).get(name) ?? "", expected);
  });

  it("are DNS labels, and each is of one role alone", () => {
    fc.assert(
      fc.property(names, (roles) => {
        const labels = [...labelsOf(roles, reserved).values()];
        assert.equal(labels.length, roles.length);
        assert.equal(new Set([...labels, ...reserved]).size, labels.length + reserved.length);
        for (const label of labels) {
          assert.match(label, /^[a-z]([a-z0-9-]*[a-z0-9])?$/);
          assert.ok(label.length <= maxLabelLength, label);
        }
      }),
    );
  });

  it("do not depend on the order of the roles, unless hashes meet", () => {
    fc.assert(
      fc.property(names, (roles) => {
        const [there, back] = [labelsOf(roles, reserved), labelsOf(roles.toReversed(), reserved)];
        for (const role of roles) assert.equal(there.get(role), back.get(role));
      }),
    );
  });

  it("of one name need nothing else", () => {
    assert.deepEqual([labelOf("shop"), labelOf("My Shop")], ["shop", labelsOf(["My Shop"]).get("My Shop")]);
  });
});
