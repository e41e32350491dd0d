import assert from "node:assert/strict";
import { programsIn } from "./programs-in.ts";

describe("programsIn", () => {
  it("are the first words of the simple commands, behind variables and what runs others", () => {
    assert.deepEqual(programsIn("node server.js"), ["node"]);
    assert.deepEqual(programsIn("cd src && PORT=1 exec python3 -u app.py | tee log; ./run.sh"), [
      "python3",
      "tee",
      "./run.sh",
    ]);
    assert.deepEqual(programsIn("env A=b go run ."), ["go"]);
  });

  it("are none where the shell does all, or nothing is plain", () => {
    assert.deepEqual(programsIn("while read line; do echo $line; done"), []);
    assert.deepEqual(programsIn('"$JAVA_HOME"/bin/java -jar x.jar'), []);
    assert.deepEqual(programsIn(""), []);
  });
});
