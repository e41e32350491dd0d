// The fuzzer: `npm run fuzz -- --seconds 600 --seed 7 --only gateway`.
import { parseArgs } from "node:util";
import { FuzzMesh } from "./fuzz-mesh.ts";
import { fuzz } from "./fuzz-run.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string" }, only: { type: "string" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
console.log(`fuzzing for ${values.seconds} s with --seed ${seed}`);
const mesh = await FuzzMesh.start();
try {
  const { inputs, found } = await fuzz({ seconds: Number(values.seconds), seed, mesh, only: values.only });
  for (const [name, count] of inputs) console.log(`${String(count).padStart(8)} ${name}`);
  for (const each of found) console.error(each);
  process.exitCode = found.length > 0 ? 1 : 0;
} finally {
  await mesh.stop();
}
