import { makeBundles } from "./bundle.ts";
import { files, installed, run } from "./house.ts";

/** Which tests: those of each run, or what takes too long for that (`*.slow.test.ts`: chaos, load, long fuzzing). */
export type Speed = "quick" | "slow";

const slowTest = /\.slow\.test\.ts$/;

/** Runs the tests of a speed, or those below the paths among the arguments. Other arguments go to mocha. */
export function runTests(speed: Speed, args: readonly string[]): void {
  const options = args.filter((arg) => arg.startsWith("-"));
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const specs = files("**/*.test.ts")
    .filter((file) => slowTest.test(file) === (speed === "slow"))
    .filter((file) => paths.length === 0 || paths.some((path) => file.startsWith(path)));
  // What browsers load is made of sources that may have changed since.
  makeBundles();
  run(installed("mocha/bin/mocha.js"), [...options, ...specs]);
}
