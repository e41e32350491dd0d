import assert from "node:assert/strict";
import { checkFiles, checkMemory, checkProxies } from "./check-environment.ts";
import { patientWith } from "./patient.fixture.ts";

function proxies(env: Record<string, string>): readonly string[] {
  return checkProxies(patientWith({ env })).map(({ status, text }) => `${status}: ${text}`);
}

describe("checkProxies", () => {
  it("is content without a proxy, and with one that leaves this machine alone", () => {
    assert.deepEqual(proxies({ NO_PROXY: "x" }), ["ok: no proxy in the environment"]);
    assert.match(
      proxies({ HTTP_PROXY: "http://p", NO_PROXY: "localhost, 127.0.0.1" }).join(),
      /^ok: HTTP_PROXY with NO_PROXY/,
    );
    assert.match(proxies({ all_proxy: "http://p", no_proxy: "*" }).join(), /^ok/);
  });

  it("warns of one that would swallow what is sent to this machine, and says what to set", () => {
    assert.deepEqual(proxies({ http_proxy: "http://p", NO_PROXY: "intern.example,localhost" }), [
      "warning: http_proxy may swallow what services send to their sidecars; set NO_PROXY=intern.example,localhost,127.0.0.1",
    ]);
  });
});

describe("checkFiles and checkMemory", () => {
  it("say what there is", async () => {
    assert.match((await checkFiles())[0]?.text ?? "", /^a process may have (\d+|unlimited) files/);
    assert.match(checkMemory(patientWith())[0]?.text ?? "", /^[\d.]+ [GM]iB free/);
  });
});
