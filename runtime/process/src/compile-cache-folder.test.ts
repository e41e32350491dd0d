import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileCacheFolder } from "./compile-cache-folder.ts";

const uid = process.geteuid?.();
/** Nobody, who plays another user of the machine. */
const another = 65_534;
const asRoot = uid === 0 ? "" : " (needs root)";

/** Makes a folder of exactly this mode, whatever the umask. */
function makeFolder(path: string, mode: number): void {
  mkdirSync(path);
  chmodSync(path, mode);
}

describe("the folder of the compile cache", () => {
  let home: string;
  const folder = () => join(home, ".cache/exosphere");
  const found = (cacheHome?: string) => compileCacheFolder({ cacheHome, home, uid });

  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), "exo-home-")));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("is made below the user's home, for the user alone", () => {
    assert.equal(found(), folder());
    assert.equal(statSync(folder()).mode & 0o777, 0o700);
    assert.equal(found(), folder());
  });

  it("is below XDG_CACHE_HOME where that is an absolute path", () => {
    assert.equal(found(join(home, "elsewhere")), join(home, "elsewhere/exosphere"));
    assert.equal(found("relative"), folder());
  });

  it("may be below links, as homes that are mounted elsewhere are", () => {
    mkdirSync(join(home, "real"));
    symlinkSync("real", join(home, "link"));
    assert.equal(found(join(home, "link")), join(home, "real/exosphere"));
  });

  for (const [what, spoil] of [
    ["is a symbolic link", () => symlinkSync(mkdtempSync(join(home, "evil-")), folder())],
    ["may be written by others", () => makeFolder(folder(), 0o777)],
    ["may be read by others", () => makeFolder(folder(), 0o755)],
    ["is below a folder that others may write", () => chmodSync(join(home, ".cache"), 0o777)],
    ["is below a folder that a group may write", () => chmodSync(home, 0o770)],
  ] as const) {
    it(`is not used if it ${what}`, () => {
      mkdirSync(join(home, ".cache"), { mode: 0o700 });
      spoil();
      assert.equal(found(), undefined);
    });
  }

  for (const [what, whose] of [
    ["it", folder],
    ["a folder above it", () => join(home, ".cache")],
    ["the home", () => home],
  ] as const) {
    it(`is not used if ${what} belongs to another user${asRoot}`, function () {
      if (uid !== 0) return this.skip();
      assert.equal(found(), folder());
      chownSync(whose(), another, another);
      assert.equal(found(), undefined);
    });
  }

  it("is not there where it cannot be made, and where the system has no users", () => {
    assert.equal(compileCacheFolder({ cacheHome: undefined, home: "/proc/nobody", uid }), undefined);
    assert.equal(compileCacheFolder({ cacheHome: undefined, home, uid: undefined }), undefined);
  });
});
