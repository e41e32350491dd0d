import assert from "node:assert/strict";
import { type Language, languages } from "./languages.ts";
import { serviceFiles } from "./service-files.ts";

describe("a service from a template", () => {
  for (const language of Object.keys(languages) as Language[]) {
    it(`has its own name and messages in ${language}, and nothing of the example's`, () => {
      const files = serviceFiles(language, "billing", "..");
      const text = Object.values(files).join("\n");
      assert.ok(files["service.yml"]?.startsWith("# yaml-language-server: $schema=../node_modules/"));
      assert.match(files["service.yml"] ?? "", /- name: billing\.greet\n/);
      assert.match(files["service.yml"] ?? "", /- billing\.greeted\n/);
      assert.match(text, /\/run\/billing\.greet\b|"billing\.greet"/);
      assert.match(text, /billing\.greeted\b/);
      assert.match(text, /billing online/);
      assert.doesNotMatch(text, /\bgreeter\b/);
      assert.doesNotMatch(text.replaceAll(/billing\.greet(ed)?\b/g, ""), /["'`/]greet(ed)?["'`\\]/);
    });
  }
});
