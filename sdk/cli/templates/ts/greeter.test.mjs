// A bus in memory, on which the test plays everybody else.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createTestBus } from "@exosphere/sdk/testing";
import { start } from "./greeter.ts";

const role = "greeter";
const bus = createTestBus({ services: { [role]: "./service.yml" } });
start(bus.options);
after(() => bus.close());

test("greets by name", async () => {
  const { name, payload } = await bus.role("somebody").request("greet", { name: "Ada" });
  assert.deepEqual([name, payload.text], ["greeted", "Hello, Ada!"]);
  await bus.assertNoUnexpected();
});
