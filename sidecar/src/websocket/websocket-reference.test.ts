import assert from "node:assert/strict";
import { firstCells, ReferencePage } from "@exosphere/testkit/reference-page";
import { frameNames } from "../core/app-frame.ts";
import { protocolErrorCodes } from "./quiet-socket.ts";
import { closeCodes } from "./service-socket.ts";

const services = new ReferencePage("websocket.md").section("The sidecar's `/services`");

describe("docs/reference/websocket.md", () => {
  it("lists every frame of the sidecar that is not a message, and no other", () => {
    const documented = firstCells(services);
    assert.deepEqual(documented.sort(), Object.values(frameNames).sort());
  });

  it("lists every close code of the sidecar, and no other", () => {
    const documented = [...services.matchAll(/^\| (\d{4}) \|/gm)].map(([, code]) => Number(code));
    assert.deepEqual(documented.sort(), [...new Set([...Object.values(closeCodes), ...protocolErrorCodes])].sort());
  });
});
