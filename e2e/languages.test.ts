import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@exosphere/testkit";
import { copyExamples, examples, isInstalled, languages } from "@exosphere/testkit/languages";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask } from "@exosphere/testkit/messages";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";

/** A compiler's first run on a busy machine, with nothing in its cache: the deadline of requests. Seconds. */
const startBoundS = 100;

const namesToGreet = [
  "Ada",
  'Ada "the" Лавлейс \\ 😀',
  "",
  "a\u0000\t\n\u001f\u2028</b>",
  '\\"}],{"name":"x',
  "%s NAME $1 & `id`",
];

const senseless = ["", "null", "7", '"name"', '["name"]', '[{"name":"Ada"}]', "{}", '{"nome":"Ada","a":{"name":"Ada"}}', '{"name":7}', '{"name":null}']; // biome-ignore format: one line

describe("The examples of languages", function () {
  this.timeout((startBoundS + 20) * 1000);
  const mesh = new Mesh();
  const present = languages.filter(isInstalled);
  const services = new Map<string, SidecarProcess>();
  let folder: string;
  let web: SidecarProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "exo-languages-"));
    const copied = await copyExamples(folder, present);
    await mesh.startBroker({ args: ["--app", copied.file] });
    const start = async (language: (typeof languages)[number]) => {
      const args = ["--", "sh", "-c", copied.startCommand(language)];
      const options = { role: language.name, broker: mesh.broker.port, args };
      services.set(language.name, mesh.keep(await SidecarProcess.launch(options)));
    };
    [web] = await Promise.all([mesh.startSidecar("web"), ...present.map(start)]);
  });

  after(async () => {
    await mesh.stop();
    await rm(folder, { recursive: true });
  });

  it("are all tested", () => {
    const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), [...languages.map(({ name }) => name), "web"].sort());
  });

  for (const language of languages) {
    const { name, source, install, imports, isStandard } = language;
    const here = present.includes(language) ? it : it.skip;
    const hint = present.includes(language) ? "" : ` (not on this machine: ${install})`;

    const greet = (body: string) => ask(web.edge, `${name}.greet`, body, { "exo-deadline": `${startBoundS}s` });

    it(`in ${name}: is under 60 lines and needs nothing but the standard library`, () => {
      const text = readFileSync(join(examples, name, source), "utf8");
      assert.ok(text.trimEnd().split("\n").length < 60);
      const imported = [...text.matchAll(imports ?? /(?!)/g)].map(([, path]) => path as string);
      assert.deepEqual(imported.filter((path) => !isStandard?.test(path)), []); // biome-ignore format: one line
      assert.equal(imported.length > 0, imports !== undefined);
    });

    here(`in ${name}: answers greet with greeted, whatever is in a name${hint}`, async () => {
      const answers = await Promise.all(namesToGreet.map((who) => greet(JSON.stringify({ name: who }))));
      const said = () =>
        services
          .get(name)
          ?.stderr.concat(services.get(name)?.stdout ?? [])
          .join("\n");
      for (const [index, { status, json, text }] of answers.entries()) {
        assert.equal(status, 200, `${text}\n${said()}`);
        assert.deepEqual(
          [json.name, json.payload],
          [`${name}.greeted`, { text: `Hello, ${namesToGreet[index]}!`, language: name }],
        );
      }
      const escaped = await greet('{ "title": ["Lady", {"name": "no"}], "name" : "\\u0041d\\u00e9 \\ud83d\\ude00" }');
      assert.equal((escaped.json.payload as { text: string }).text, "Hello, Adé 😀!");
    });

    here(`in ${name}: lets whoever asks nonsense hear of it${hint}`, async () => {
      for (const { status, json } of await Promise.all(senseless.map((body) => greet(body)))) {
        assert.deepEqual([status, json.reason], [502, "HANDLER_FAILED"]);
      }
      assert.equal((await greet('{"name":"Ada"}')).status, 200);
    });

    here(`in ${name}: ends when it is asked to${hint}`, async () => {
      const service = services.get(name) as SidecarProcess;
      await eventually("it says that it is online", () => service.stdout.includes("greeter online"));
      // 0 also says that nothing of it was left to be ended by force.
      const { code, signal } = await service.stop();
      assert.deepEqual([code, signal], [0, null]);
    });
  }
});
