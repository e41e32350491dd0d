import type { FuzzMesh } from "./fuzz-mesh.ts";
import type { Random } from "./random.ts";

/** Something to be fuzzed: sends one mutated input, and resolves with what came back. */
export interface Target {
  readonly name: string;
  /** Resolves with what came back, as text in which reasons can be found, and adds what it sends to `sent`. */
  attempt(random: Random, mesh: FuzzMesh, sent: Buffer[]): Promise<string>;
}
