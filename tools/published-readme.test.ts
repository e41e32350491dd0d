import assert from "node:assert/strict";
import { manifestOf, publishable } from "./house.ts";
import { publishedReadme } from "./published-readme.ts";

const home = "https://example.com/repository";

describe("publishedReadme", () => {
  it("leads links to files of the repository to the repository, and leaves all others", () => {
    const text = "[a](../docs/sdk.md#errors) [b](api.md) [c](#here) [d](https://example.org/x.md)";
    assert.equal(
      publishedReadme(text, "sdk", home),
      `[a](${home}/blob/main/docs/sdk.md#errors) [b](${home}/blob/main/sdk/api.md) [c](#here) [d](https://example.org/x.md)`,
    );
  });
});

describe("The package.json of each package that is published", () => {
  const { homepage, repository } = manifestOf();

  for (const workspace of publishable)
    it(`says what ${workspace} is about, and where it comes from`, () => {
      const manifest = manifestOf(workspace);
      assert.deepEqual(manifest.repository, { ...repository, directory: workspace });
      assert.equal(manifest.homepage, `${homepage?.replace("#readme", "")}/tree/main/${workspace}#readme`);
      assert.ok((manifest.keywords?.length ?? 0) > 3);
      assert.ok(manifest.description);
    });
});
