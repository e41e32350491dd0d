import assert from "node:assert/strict";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { Mesh } from "@exosphere/testkit/mesh";
import { post } from "@exosphere/testkit/messages";
import { firstCells, ReferencePage } from "@exosphere/testkit/reference-page";

const routes = {
  web: { sends: ["enter", "greet", "lonely"], receives: [] },
  house: { receives: ["enter", "hello"], translations: [{ public: "greet", internal: "hello" }] },
  cellar: { receives: ["enter"] },
};

/** The lines of the page, each with the pattern that it stands for. */
const documented = new Map(
  firstCells(new ReferencePage("processes.md").section("What `exocom` prints")).map((line) => [
    line,
    new RegExp(
      `^${line.replace(/[[\](){}.*+?|^$\\]/g, "\\$&").replace(/<[^>]+>/g, "[^']+?")}(?:  \\( [\\d.]+ms \\))?$`,
    ),
  ]),
);

/** What was printed, without the payloads, each of which follows the line of its message. */
function linesOf({ stdout }: ExocomProcess): string[] {
  return stdout.filter((_, index) => !stdout[index - 1]?.includes("--["));
}

describe("The lines that exocom prints", function () {
  this.timeout(30_000);
  const mesh = new Mesh();
  after(() => mesh.stop());

  it("are those of docs/reference/processes.md, and all of those are printed", async () => {
    const plain = mesh.keep(await ExocomProcess.start({ routes }));
    const house = await plain.service("house");
    const send = (name: string, activity: string) =>
      post(`${plain.edge}/v1/send/${name}`, "1", { "exo-role": "web", "exo-activity-id": activity });
    await send("enter", "a");
    await house.message("enter");
    await send("greet", "a");
    await house.message("hello");
    await send("lonely", "b");
    await send("nonsense", "b");
    await house.stop();
    await plain.prints("'house' disconnected");

    const guarded = mesh.keep(await ExocomProcess.start({ routes: { ...routes, security: {} } }));
    const security = mesh.keep(await guarded.service("security"));
    const refused = post(`${guarded.edge}/v1/send/enter`, "1", { "exo-role": "web", "exo-activity-id": "foe" });
    const { activityId } = await security.message("authorize message");
    security.send({ name: "message unauthorized", activityId });
    assert.equal((await refused).status, 403);

    const taken = mesh.keep(new ExocomProcess(plain.port, { routes }));
    await taken.exited;

    const lines = [plain, guarded, taken].flatMap(linesOf);
    const patterns = [...documented.values()];
    assert.deepEqual(
      lines.filter((line) => !patterns.some((pattern) => pattern.test(line))),
      [],
    );
    const unseen = [...documented].filter(([, pattern]) => !lines.some((line) => pattern.test(line)));
    assert.deepEqual(
      unseen.map(([line]) => line),
      [],
    );
  });
});
