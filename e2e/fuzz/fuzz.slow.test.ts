import assert from "node:assert/strict";
import { FuzzMesh } from "./fuzz-mesh.ts";
import { fuzz } from "./fuzz-run.ts";

/** Seconds that a run takes, unless EXO_FUZZ_SECONDS says otherwise: what every submission can afford. */
const seconds = Number(process.env.EXO_FUZZ_SECONDS ?? 60);

describe("A fuzzer at every edge", function () {
  this.timeout((seconds + 90) * 1000);
  let mesh: FuzzMesh;

  before(async () => {
    mesh = await FuzzMesh.start();
  });
  after(() => mesh.stop());

  it("ends, blocks and fills no process, and a well-behaved client beside it gets its replies", async () => {
    const seed = Number(process.env.EXO_FUZZ_SEED ?? Math.floor(Math.random() * 1_000_000));
    console.log(`    npm run fuzz -- --seed ${seed}`);
    const { inputs, found } = await fuzz({ seconds, seed, mesh });
    assert.deepEqual(found, [], `seed ${seed}`);
    for (const [name, count] of inputs) assert.ok(count > 0, `nothing was sent to: ${name}`);
  });
});
