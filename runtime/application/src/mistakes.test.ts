import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ApplicationError } from "./application-error.ts";
import { withFolder } from "./fixtures/temporary-application.ts";
import { readApplication } from "./read-application.ts";

/** What is wrong with the application in a folder, with paths relative to it. */
function mistakesOf(folder: string): string[] {
  try {
    readApplication(folder);
  } catch (error) {
    assert.ok(error instanceof ApplicationError);
    return error.mistakes.map((mistake) => mistake.replaceAll(`${folder}/`, ""));
  }
  return [];
}

/** What is wrong with this application.yml, beside a service.yml that is right. */
function mistakesIn(text: string | Uint8Array): string[] {
  return withFolder({ "application.yml": text, "web/service.yml": "messages: {receives: [a]}" }, mistakesOf);
}

describe("the mistakes of an application", () => {
  it("are reported together, with file, line, column and key, and what to do", () => {
    assert.deepEqual(mistakesOf(fileURLToPath(new URL("fixtures/broken", import.meta.url))), [
      "application.yml:1:1: key 'name': is empty; write the application's name",
      "application.yml:2:1: key 'verson': is unknown (did you mean version?); there are: name, description, version, services, gateway, deploy",
      "application.yml:8:9: key 'services.web.translations[1]': 'a' is the public name of two translations; remove one",
      "application.yml:9:9: key 'services.web.translations[2]': lacks 'internal'; say what the role calls the message",
      "application.yml:10:3: key 'services.users/admin': as the name of a role, 'users/admin' has a slash; a role's name has none",
      "application.yml:11:15: key 'services.users/admin.location': there is no folder 'users'; create it or correct the location",
      "application.yml:12:5: key 'services.users/admin.docker-image': excludes 'location'; keep one of them",
      "application.yml:13:11: key 'services.tweets': lacks a 'location' or a 'docker-image'; say where the service is",
      "application.yml:14:3: key 'services.web': is there twice; remove one",
      "application.yml:17:9: key 'gateway.role': 'web' is a service with messages of its own; choose another role",
      "application.yml:18:14: key 'gateway.sends[1]': 'x' is there twice; remove one",
      "web/service.yml:1:7: key 'type': must be one of public, private, worker, not 'publik' (did you mean public?); change it",
      "web/service.yml:3:3: key 'startup': lacks 'command'; write the shell command that starts the service",
      "web/service.yml:6:28: key 'messages.receives[0].deadline': must be a time from 1ms to 24d; write it like 1500ms, 5s or 2m",
      "web/service.yml:6:52: key 'messages.receives[0].concurrency': must be a whole number from 1 to 10000, not the number 0; change it",
      "web/service.yml:6:62: key 'messages.receives[0].order': must be one of activity, none, not 'nne' (did you mean none?); change it",
      "web/service.yml:7:7: key 'messages.receives[1]': must be a text, not the number 7; put it in quotes if it should be one",
      "web/service.yml:8:10: key 'messages.sends': must be a list, not 'users.create'; write '- item' lines below it, or [item, item]",
      "web/service.yml:9:8: key 'tests': '*missing' has no anchor before it; add '&missing'",
      "web/service.yml:10:1: key 'messages': is there twice; remove one",
      "web/service.yml:11:1: key 'foo-bar': is unknown; there are: development, type, description, startup, tests, environment, messages, dependency-data",
    ]);
  });

  it("include the syntax", () => {
    const mistakes = mistakesIn('name: x\nservices:\n  web: [\ngateway: "\n');
    assert.equal(mistakes.length, 2);
    assert.match(mistakes[0] ?? "", /^application.yml:4:1: is not valid YAML: /);
  });

  it("include files that are missing", () => {
    assert.deepEqual(withFolder({}, mistakesOf), ["application.yml: does not exist; create it or correct the path"]);
    const files = { "application.yml": "{name: x, services: {web: {location: web}}}", "web/README": "" };
    assert.deepEqual(withFolder(files, mistakesOf), ["web/service.yml: does not exist; create it or correct the path"]);
  });

  it("name a file as the caller did", () => {
    const file = join("no", "such", "application.yml");
    assert.throws(() => readApplication(file), {
      mistakes: [`${file}: does not exist; create it or correct the path`],
    });
  });

  it("include texts that are no application at all", () => {
    assert.match(mistakesIn("").join(), /application.yml:1:1: must be a map, not empty/);
    assert.match(mistakesIn("- a").join(), /must be a map, not a list/);
    assert.match(mistakesIn(Buffer.from([0x6e, 0xff])).join(), /is not UTF-8/);
    assert.match(mistakesIn("a: b\n---\nc: d").join(), /multiple documents/);
    assert.match(mistakesIn(`name: ${"x".repeat(2 ** 20)}`).join(), /is 1048582 bytes long; the limit is 1048576/);
    assert.match(mistakesIn("[".repeat(100_000)).join(), /nested too deeply/);
  });

  it("include facts that are told in two spellings", () => {
    const service = "tests: a\nstartup: {command: a}\nmessages: {}\ndevelopment: {scripts: {run: a, test: a}}\n";
    const files = {
      "application.yml": "name: x\nservices:\n  web: {location: web, translations: [], message-translation: []}",
      "web/service.yml": `${service}dependency-data: {exocom: {sends: [a]}}`,
    };
    assert.deepEqual(withFolder(files, mistakesOf), [
      "application.yml:3:42: key 'services.web.message-translation': says the same as 'services.web.translations'; keep one of them",
      "web/service.yml:4:25: key 'development.scripts.run': says the same as 'startup.command'; keep one of them",
      "web/service.yml:5:19: key 'dependency-data.exocom': says the same as 'messages'; keep one of them",
    ]);
  });

  it("include what stands in the wrong file", () => {
    const mistakes = mistakesIn("{name: x, services: {web: {location: web, messages: {}}}}");
    assert.match(mistakes.join(), /'services.web.messages': belongs in the service's service.yml/);
  });

  it("include names that the bus cannot carry", () => {
    const names = ['"a\\nb"', `"${"ü".repeat(128)}"`, '""', '"\\ud800"'];
    for (const name of names) {
      const text = `{name: x, services: {web: {docker-image: x, messages: {sends: [${name}]}}}}`;
      assert.match(
        mistakesIn(text).join(),
        /sends\[0\]': (?:has a control|is longer|is empty|is not valid Unicode)/,
        name,
      );
    }
  });

  it("include aliases without end", () => {
    const levels = Array.from({ length: 9 }, (_, n) => `&a${n + 1} [${Array(9).fill(`*a${n}`).join(", ")}]`);
    const text = `name: x\ndescription: &a0 [lol]\nversion: [${levels.join(", ")}]\nservices: {web: *a9}`;
    assert.match(mistakesIn(text).join("\n"), /'services.web': must be a map, not a list/);
    const many = `name: &a x\nservices: {web: {docker-image: x, messages: {sends: [${Array(200).fill("*a")}]}}}`;
    assert.match(mistakesIn(many).join("\n"), /sends\[100\]': is one alias too many: a file may use 100/);
    const example = `name: x\nservices: {web: {docker-image: x, messages: {receives: [{name: x, example: &a [*a]}]}}}`;
    assert.deepEqual(mistakesIn(example).length, 1);
  });

  it("do not include a role called like a protection level", () => {
    assert.deepEqual(mistakesIn("{name: x, services: {public: {location: web}, worker: {docker-image: x}}}"), []);
  });
});
