// Run by `exo test`, which plays the bus: EXO_MOCK_URL is where this test says what others answer.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";

const { EXO_MOCK_URL } = process.env;
const port = 20_000 + Math.floor(Math.random() * 10_000);
let web;

const mock = (what, body) => fetch(`${EXO_MOCK_URL}/mock/${what}`, { method: "POST", body: JSON.stringify(body) });

before(async () => {
  web = spawn("node", ["server.mjs"], { env: { ...process.env, PORT: String(port) } });
  await new Promise((online) => web.stdout.once("data", online));
});
after(() => web.kill());

test("shows what the greeter says", async () => {
  const reply = { name: "greeter.greeted", payload: { text: "Hello, Ada!" } };
  await mock("replies", { name: "greeter.greet", reply });
  const page = await fetch(`http://127.0.0.1:${port}/?name=Ada`);
  assert.equal(await page.text(), "Hello, Ada!\n");
});
