import assert from "node:assert/strict";
import { imageMistake } from "./image.ts";

const digest = `@sha256:${"0".repeat(64)}`;

describe("the image of a sidecar", () => {
  it("has a version: a tag, a digest, or both", () => {
    for (const image of [
      "a:1",
      "exo/sphere:1.2.3",
      "localhost:5000/a/b_c:v1",
      `r.example/a${digest}`,
      `a:latest${digest}`,
    ])
      assert.equal(imageMistake(image), undefined, image);
  });

  it("is refused without one, and with one that changes", () => {
    assert.match(imageMistake("r.example:5000/a") ?? "", /has no version/);
    assert.match(imageMistake("a:latest") ?? "", /'latest', which changes/);
  });

  it("is refused where it is no image", () => {
    for (const image of ["", "A:1", "a b:1", "a:", "https://a/b:1", `a${digest}0`, `a/${"b".repeat(512)}:1`])
      assert.match(imageMistake(image) ?? "", /is not an image/, image);
  });
});
