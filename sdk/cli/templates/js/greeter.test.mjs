// Run by `exo test`, which plays the bus: EXO_MOCK_URL is where this test sends messages.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";

const { EXO_MOCK_URL } = process.env;
let app;

const mock = async (what, body) => {
  const response = await fetch(`${EXO_MOCK_URL}/mock/${what}`, { method: "POST", body: JSON.stringify(body) });
  return response.json();
};

before(async () => {
  app = spawn("node", ["greeter.mjs"]);
  await new Promise((online) => app.stdout.once("data", online));
});
after(() => app.kill());

test("greets by name", async () => {
  const { name, payload } = await mock("request", { name: "greet", payload: { name: "Ada" } });
  assert.deepEqual([name, payload.text], ["greeted", "Hello, Ada!"]);
});
