// Every test of the house: `npm test`, or `npm test -- sidecar/src/outbound` for a part of it.
import { makeBundles } from "../bundle.ts";
import { files, installed, run } from "../house.ts";

const wanted = process.argv.slice(2);
const options = wanted.filter((arg) => arg.startsWith("-"));
const paths = wanted.filter((arg) => !arg.startsWith("-"));
const specs = files("**/*.test.ts").filter((file) => paths.length === 0 || paths.some((path) => file.startsWith(path)));
// What browsers load is made of sources that may have changed since.
makeBundles();
run(installed("mocha/bin/mocha.js"), [...options, ...specs]);
