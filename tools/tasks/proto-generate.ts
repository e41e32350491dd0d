// Generates code from proto/: run it after every change there, and commit what it makes.
import { root } from "../house.ts";
import { generate } from "../proto.ts";

generate(root);
