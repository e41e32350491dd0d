import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ApplicationError } from "./application-error.ts";
import { earlierKeys } from "./earlier-keys.ts";
import { withFolder } from "./fixtures/temporary-application.ts";
import type { JsonSchema } from "./form.ts";
import { readApplication } from "./read-application.ts";
import { parseRoutes } from "./read-routes.ts";
import { applicationSchema, serviceSchema } from "./schemas.ts";

const page = readFileSync(new URL("../../../docs/reference/application-yml.md", import.meta.url), "utf8");

/** What stands below a heading of the page. */
function section(heading: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? assert.fail(heading);
}

const firstCells = (text: string) => [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell = ""]) => cell);

/** Keys of a file that the page lists, today's and those of earlier spellings. */
function documentedKeys(file: string): string[] {
  const earlier = [...section("Earlier spellings").matchAll(/^\| `([^`]+)` \| (\S+\.yml) \| `/gm)];
  return [...firstCells(section(file)), ...earlier.filter(([, , of]) => of === file).map(([, key = ""]) => key)];
}

/** The keys that may stand in a map, by the keys of its file that are documented. `place` is "" for the file itself. */
function documentedIn(place: string, file: string): string[] {
  const prefix = place === "" ? "" : `${place}.`;
  const below = documentedKeys(file).filter((key) => key.startsWith(prefix));
  return [...new Set(below.map((key) => key.slice(prefix.length).split(/\.|\[/)[0] as string))].sort();
}

/** What a schema says of the key at the end of this path. */
function descriptionAt(schema: JsonSchema, whole: JsonSchema, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return schema.description;
  const definition = (name: string) => (whole.definitions as Record<string, JsonSchema>)[name] ?? assert.fail(name);
  const variants = [schema, ...((schema.anyOf ?? []) as JsonSchema[])].map(({ $ref, ...own }) =>
    typeof $ref === "string" ? definition($ref.split("/").at(-1) ?? "") : own,
  );
  const at = (name: string) =>
    variants.map(({ properties }) => (properties as Record<string, JsonSchema> | undefined)?.[name]).find(Boolean);
  if (key === "<role>") return descriptionAt(definition("service"), whole, rest);
  if (key === "<scope>") return descriptionAt(schema.additionalProperties as JsonSchema, whole, rest);
  const next = at(key.replace("[]", "")) ?? assert.fail(path.join("."));
  if (!key.endsWith("[]")) return descriptionAt(next, whole, rest);
  const items = next.items as JsonSchema;
  const map = ((items.anyOf ?? [items]) as JsonSchema[]).find(({ type }) => type === "object") ?? assert.fail(key);
  return descriptionAt(map, whole, rest);
}

/** The mistakes of an application with an unknown key in every map. */
function mistakesOf(files: Readonly<Record<string, string>>): readonly string[] {
  return withFolder(files, (folder) => {
    try {
      readApplication(folder);
    } catch (error) {
      if (error instanceof ApplicationError) return error.mistakes;
      throw error;
    }
    return assert.fail("the unknown keys are known");
  });
}

/** The keys that the reader knows in the map where it met the key `unknown`, by its path. */
function knownIn(path: string, mistakes: readonly string[]): string[] {
  const place = path === "" ? "" : `${path}.`;
  const mistake = mistakes.find((each) => each.includes(`key '${place}unknown': is unknown`));
  const [, list] = /there are: (.+)$/.exec(mistake ?? "") ?? assert.fail(`${path}\n${mistakes.join("\n")}`);
  return (list as string).split(", ").sort();
}

const unknown = "unknown: 1";

describe("docs/reference/application-yml.md", () => {
  it("lists every key of application.yml, and no other", () => {
    const mistakes = mistakesOf({
      "application.yml": `
        name: x
        ${unknown}
        services:
          web:
            location: ./web
            ${unknown}
            translations: [{ public: a, internal: b, ${unknown} }]
          image:
            docker-image: x
            messages: { ${unknown} }
          older:
            docker-image: x
            dependency-data: { exocom: { ${unknown} } }
        gateway:
          role: clients
          ${unknown}
          messages: { ${unknown} }
          clients:
            ${unknown}
            anonymous: { ${unknown} }
            users: { ${unknown} }
            scopes: { moderator: { ${unknown} } }`,
      "web/service.yml": "",
    });
    for (const [path, place] of [
      ["", ""],
      ["services.web", "services.<role>"],
      ["services.web.translations[0]", "services.<role>.translations[]"],
      ["services.older.dependency-data.exocom", "services.<role>.dependency-data.exocom"],
      ["gateway", "gateway"],
      ["gateway.clients", "gateway.clients"],
      ["gateway.clients.anonymous", "gateway.clients.anonymous"],
      ["gateway.clients.users", "gateway.clients.users"],
      ["gateway.clients.scopes.moderator", "gateway.clients.scopes.<scope>"],
    ] as const)
      assert.deepEqual(documentedIn(place, "application.yml"), knownIn(path, mistakes), place);
    for (const path of ["services.image.messages", "gateway.messages"])
      assert.deepEqual(documentedIn("messages", "service.yml"), knownIn(path, mistakes), path);
  });

  it("lists every key of service.yml, and no other", () => {
    const mistakes = mistakesOf({
      "application.yml": "name: x\nservices: { web: { location: ./web }, older: { location: ./older } }",
      "web/service.yml": `
        ${unknown}
        startup: { ${unknown} }
        tests: { ${unknown} }
        development: { ${unknown} }
        messages:
          ${unknown}
          receives: [{ name: a, ${unknown} }]`,
      "older/service.yml": `dependency-data: { exocom: { ${unknown} } }`,
    });
    for (const [path, place] of [
      ["", ""],
      ["startup", "startup"],
      ["tests", "tests"],
      ["development", "development"],
      ["messages", "messages"],
      ["messages.receives[0]", "messages.receives[]"],
      ["dependency-data.exocom", "dependency-data.exocom"],
    ] as const)
      assert.deepEqual(documentedIn(place, "service.yml"), knownIn(path, mistakes), place);
  });

  it("lists every key of earlier schemas that is ignored, and no other", () => {
    const rows = [...section("Earlier spellings").matchAll(/^\| `?([\w.<>-]+)`? \| (`[^|]+`) \|$/gm)];
    const listed = Object.fromEntries(rows.map(([, where, keys = ""]) => [where, keys.match(/[\w-]+/g)]));
    assert.deepEqual(listed, {
      "application.yml": [...earlierKeys.application],
      "services.<role>": [...earlierKeys.entry],
      "service.yml": [...earlierKeys.service],
      development: [...earlierKeys.development],
      environment: [...earlierKeys.environment],
    });
  });

  it("says of every key what its declaration says, as editors show it", () => {
    const schemas = { "application.yml": applicationSchema(), "service.yml": serviceSchema() };
    for (const [file, schema] of Object.entries(schemas)) {
      const rows = [...section(file).matchAll(/^\| `([^`]+)` \|[^|]*\|[^|]*\| (.*) \|$/gm)];
      assert.ok(rows.length > 10);
      for (const [, key = "", meaning] of rows)
        assert.equal(meaning, descriptionAt(schema, schema, key.split(".")), key);
    }
  });

  it("shows an application and services that can be read, without a warning", () => {
    const examples = [...page.matchAll(/^```yaml\n# (\S+)\n(.+?)^```$/gms)];
    const files = Object.fromEntries(examples.map(([, path = "", text = ""]) => [path, text]));
    assert.deepEqual(Object.keys(files).sort(), ["application.yml", "users/service.yml", "web/service.yml"]);
    const { routes, warnings, gateway } = withFolder(files, readApplication);
    assert.deepEqual([[...routes.keys()], warnings], [["web", "users", "search", "clients"], []]);
    assert.deepEqual(gateway?.clients.users.sends, "all");
  });

  it("shows routes as JSON that can be read, and lists their keys", () => {
    const [, json = ""] = /^```json\n(.+?)^```$/ms.exec(section("Routes as JSON")) ?? [];
    assert.deepEqual([...parseRoutes(json, "the page").keys()], ["users"]);
    assert.throws(
      () => parseRoutes('{"users": {"unknown": 1}}', "the page"),
      (error) => {
        const known = knownIn("users", (error as ApplicationError).mistakes);
        for (const key of known) assert.ok(section("Routes as JSON").includes(`\`${key}\``), key);
        return known.length === 4;
      },
    );
  });
});

describe("docs/gateway.md", () => {
  it("shows a section 'gateway' that can be read, without a warning", () => {
    const guide = readFileSync(new URL("../../../docs/gateway.md", import.meta.url), "utf8");
    const [, example = ""] = /^```yaml\n(gateway:\n.+?)^```$/ms.exec(guide) ?? [];
    const { gateway, warnings } = withFolder({ "application.yml": `name: x\n${example}` }, readApplication);
    assert.deepEqual(gateway?.clients.scopes.get("moderator"), {
      sends: ["tweets.purge"],
      receives: ["tweets.purged"],
    });
    assert.deepEqual(warnings, []);
  });
});
