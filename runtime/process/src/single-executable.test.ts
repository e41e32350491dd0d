import assert from "node:assert/strict";
import { embeddedFile, embeddedFiles, embeddedProgram } from "./single-executable.ts";

// What they give within a single executable is tested by those: tools/binaries.
describe("what is embedded in a single executable", () => {
  it("is not there for a program that Node runs from files", () => {
    assert.equal(embeddedFile("version"), undefined);
    assert.equal(embeddedFiles("page"), undefined);
    assert.equal(embeddedProgram("exocom"), undefined);
  });
});
