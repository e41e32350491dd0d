// Lints proto/ and compares it with proto/released.binpb: what was released once keeps working.
//
// At a release, after the version is tagged, the comparison moves on to what was just released:
//   npx buf build -o proto/released.binpb
import { buf } from "../proto.ts";

const lint = buf("lint");
const breaking = buf("breaking", "--against", "proto/released.binpb");
if (breaking !== 0) console.error("That breaks peers of the last release: add to the contract instead of changing it.");
process.exitCode = lint || breaking;
