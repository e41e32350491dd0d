import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SourceChanges } from "./source-changes.ts";

describe("the changes of a service's files", () => {
  let folder: string;
  let changes: SourceChanges;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-source-changes-"));
    changes = new SourceChanges();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (file: string, content: string | Buffer) => {
    writeFileSync(join(folder, file), content);
    return join(folder, file);
  };
  const first = (paths: readonly string[], isRunning = true, isNew = false) =>
    changes.firstChange(new Map(paths.map((path) => [path, isNew])), isRunning);
  const program = Buffer.from("\x7fELF\x02\x01\x01\x00\x00\x00");

  it("are none where a compiler has written a program, objects or caches", () => {
    const written = [
      write("users", program),
      write("started-to-link", ""),
      join(folder, "gone"),
      write("users.users.393f-cgu.3.rcgu.o", program),
      write("Users.class", program),
    ];
    assert.equal(first(written), undefined);
  });

  it("are one where a source has changed, with what is compiled beside it, and with scripts without a suffix", () => {
    const source = write("users.go", "package main\n");
    assert.equal(first([write("users", program), source]), source);
    const script = write("serve", "#!/bin/sh\n");
    assert.equal(first([script]), script);
  });

  it("are none where what the start generates has the content that it had", () => {
    const generated = write("server.js", "first");
    assert.equal(first([generated]), generated);
    assert.equal(first([write("server.js", "first")]), undefined);
    assert.equal(first([write("server.js", "second")]), generated);
  });

  it("are one at every save where nothing runs that could go on", () => {
    const source = write("users.js", "waits for a database");
    assert.equal(first([source]), source);
    assert.equal(first([source], false), source);
  });

  it("are one where a source is taken away, once, and none where what was generated is", () => {
    const gone = join(folder, "users.js");
    assert.deepEqual([first([gone]), first([gone])], [gone, undefined]);
    assert.equal(first([join(folder, "users.tmp93ae")], true, true), undefined, "came and went");
    const linked = write("users.tmp94bf", program);
    assert.equal(first([linked], true, true), undefined);
    rmSync(linked);
    assert.equal(first([linked]), undefined);
  });

  it("are one where a file is too large to be compared, or too many change at once", () => {
    const large = write("data.json", Buffer.alloc(1_000_001, "x"));
    assert.deepEqual([first([large]), first([large])], [large, large]);
    const many = Array.from({ length: 1_001 }, (_, index) => write(`${index}.js`, "x"));
    assert.deepEqual([first(many), first(many)], [many[0], many[0]]);
  });
});
