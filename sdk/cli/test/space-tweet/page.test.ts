import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasChromium } from "@exosphere/testkit";
import { Person } from "./person.fixture.ts";
import { RunningExample } from "./running-example.fixture.ts";

const title = hasChromium ? "" : " (needs Chromium: apt-get install chromium)";

describe(`the page of space-tweet${title}`, function () {
  this.timeout(180_000);
  const people: Person[] = [];
  let ada: Person;
  let grace: Person;
  let folder: string;
  let example: RunningExample;

  before(async function () {
    if (!hasChromium) return this.skip();
    folder = await mkdtemp(join(tmpdir(), "space-tweet-page-"));
    example = await RunningExample.start({ EXO_DATA_DIR: folder });
  });

  after(async () => {
    await Promise.all(people.map((person) => person.close()));
    await example?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  afterEach(function () {
    if (this.currentTest?.state === "failed") console.log(example.output);
  });

  const arrive = async (name: string): Promise<Person> => {
    const person = await Person.at(example.pageUrl);
    people.push(person);
    await person.signIn(name);
    return person;
  };

  it("shows one person what another writes, as it is written", async () => {
    [ada, grace] = await Promise.all([arrive("Ada"), arrive("Grace")]);
    await ada.write("Hello from Ada");
    await grace.sees("Hello from Ada");
    await grace.write("Hello <b>back</b>");
    await ada.sees("Hello <b>back</b>");
    assert.deepEqual(await ada.tweets(), ["Hello <b>back</b>", "Hello from Ada"]);
    assert.deepEqual([ada.complaints, grace.complaints], [[], []]);
  });

  it("misses nothing when the gateway is killed and comes back", async () => {
    await ada.write("before");
    await grace.sees("before");
    example.killGateway();
    // Written where no browser is needed: by the HTTP of the web service, while the browsers have no gateway.
    await example.post("/tweets", { content: "meanwhile", author: "Hedy" });
    await ada.untilLive();
    await ada.write("after");
    for (const person of [ada, grace]) {
      for (const content of ["before", "meanwhile", "after"]) await person.sees(content);
    }
    const shown = await grace.tweets();
    assert.equal(new Set(shown).size, shown.length);
  });

  it("keeps who one is, and what was written, over a reload", async () => {
    await ada.page.reload();
    await ada.untilLive();
    await ada.page.getByText("What is new, Ada?").waitFor();
    await ada.sees("Hello from Ada");
  });

  it("fits a narrow and a wide window", async () => {
    for (const width of [360, 2000]) {
      await ada.page.setViewportSize({ width, height: 800 });
      const overflow = await ada.page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.equal(overflow, 0, `at ${width} pixels`);
    }
  });
});
