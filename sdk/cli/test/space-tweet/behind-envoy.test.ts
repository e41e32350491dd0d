import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatewayProxy, serverSecret } from "@exosphere/envoy";
import { freePorts } from "@exosphere/process";
import { eventually, hasChromium } from "@exosphere/testkit";
import { EnvoyProcess, envoyTitle, hasEnvoy } from "@exosphere/testkit/envoy-process";
import { selfSignedCertificate } from "@exosphere/testkit/test-certificates";
import { Person } from "./person.fixture.ts";
import { RunningExample } from "./running-example.fixture.ts";

const title = hasChromium ? envoyTitle : " (needs Chromium: apt-get install chromium)";

describe(`the page of space-tweet with Envoy before its gateway${title}`, function () {
  this.timeout(180_000);
  const people: Person[] = [];
  let ada: Person;
  let grace: Person;
  let folder: string;
  let example: RunningExample;
  let envoy: EnvoyProcess;

  before(async function () {
    if (!hasChromium || !hasEnvoy) return this.skip();
    folder = await mkdtemp(join(tmpdir(), "space-tweet-envoy-"));
    const [gatewayPort, port, adminPort] = (await freePorts(3)) as [number, number, number];
    const { certificateFile, keyFile } = selfSignedCertificate(folder, "space-tweet", "127.0.0.1");
    const secretFile = join(folder, "tls.json");
    await writeFile(secretFile, JSON.stringify(serverSecret(certificateFile, keyFile)));
    const bootstrap = gatewayProxy({
      name: "space-tweet",
      adminPort,
      maxConnections: 1000,
      listen: { host: "127.0.0.1", port },
      certificate: { secretFile, oldest: "TLSv1_3" },
      redirectFrom: undefined,
      hsts: undefined,
      hosts: ["127.0.0.1"],
      gateways: [{ host: "127.0.0.1", port: gatewayPort }],
      gatewayAdminPort: undefined,
      perConnection: { perSecond: 100, burst: 200 },
      ofAll: { perSecond: 1000, burst: 2000 },
    });
    envoy = await EnvoyProcess.start(bootstrap, adminPort);
    example = await RunningExample.start({
      EXO_DATA_DIR: folder,
      EXO_GATEWAY_PORT: String(gatewayPort),
      EXO_GATEWAY_URL: `https://127.0.0.1:${port}`,
      EXO_TRUSTED_PROXIES: "127.0.0.1",
    });
  });

  after(async () => {
    await Promise.all(people.map((person) => person.close()));
    await example?.stop();
    await envoy?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  afterEach(function () {
    if (this.currentTest?.state === "failed") console.log(example?.output, envoy?.output);
  });

  const arrive = async (name: string): Promise<Person> => {
    const person = await Person.at(example.pageUrl, { ignoreHTTPSErrors: true });
    people.push(person);
    await person.signIn(name);
    return person;
  };

  it("shows one person what another writes, by way of Envoy", async () => {
    [ada, grace] = await Promise.all([arrive("Ada"), arrive("Grace")]);
    await ada.write("Hello from Ada");
    await grace.sees("Hello from Ada");
    assert.deepEqual([ada.complaints, grace.complaints], [[], []]);
  });

  it("goes on when the broker behind it was killed, and when the gateway was", async () => {
    example.killBroker();
    await ada.write("after the broker");
    await grace.sees("after the broker");
    example.killGateway();
    await example.post("/tweets", { content: "meanwhile", author: "Hedy" });
    await ada.untilLive();
    await ada.write("after the gateway");
    for (const content of ["meanwhile", "after the gateway"]) await grace.sees(content);
    const shown = await grace.tweets();
    assert.equal(new Set(shown).size, shown.length);
    // The streams that the gateway left behind have ended, and stand in the log.
    await eventually("the access log", () =>
      envoy.accesses.some(({ path, tls }) => path !== undefined && tls === "TLSv1.3"),
    );
  });
});
