// One client that misbehaves in the way that is named, until it is killed.
import type { Targets } from "./fair-stage.ts";
import { ways } from "./ways.ts";

const [, , name = "", targets = "{}"] = process.argv;
// What it does is refused, and its connections are cut, at any moment.
process.on("uncaughtException", () => {});
process.on("unhandledRejection", () => {});
ways[name]?.run(JSON.parse(targets) as Targets);
