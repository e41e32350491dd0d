import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { Refusal } from "@exosphere/message";
import { headerReaders } from "./header-readers.ts";

const integerOf = (text: string | undefined) =>
  headerReaders.integer({ headers: { "x-number": text } } as unknown as IncomingMessage, "x-number", 1, 9);

describe("a header that is a whole number", () => {
  it("is read within its bounds", () => {
    assert.deepEqual(["1", "9", "07"].map(integerOf), [1, 9, 7]);
  });

  it("counts as absent if it is empty", () => {
    assert.deepEqual(["", undefined].map(integerOf), [undefined, undefined]);
  });

  it("is refused beyond its bounds, and in any other form", () => {
    for (const text of ["0", "10", "-1", "1.5", "1e0", "0x1", " 1", "+1", "one", "99999999999999999999", "٥"])
      assert.throws(
        () => integerOf(text),
        (error) => error instanceof Refusal && error.message === "x-number must be a whole number from 1 to 9.",
        text,
      );
  });
});
