import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type Server, type TLSSocket } from "node:tls";
import { freePorts } from "@exosphere/process";
import { BrokerProcess } from "@exosphere/testkit";
import { EnvoyProcess, envoyTitle, hasEnvoy } from "@exosphere/testkit/envoy-process";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask } from "@exosphere/testkit/messages";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";
import { selfSignedCertificate } from "@exosphere/testkit/test-certificates";
import { brokerProxy } from "../src/broker-proxy.ts";

const common = { name: "links", maxConnections: 1000 };

describe(`Envoy between sidecars and a broker${envoyTitle}`, function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  let envoy: EnvoyProcess | undefined;
  afterEach(async () => {
    await mesh.stop();
    await envoy?.stop();
  });

  it("passes on links, and those that a killed broker leaves behind find the next", async function () {
    if (!hasEnvoy) return this.skip();
    const routes = {
      web: { sends: ["get"], receives: ["got"] },
      users: { sends: ["got"], receives: ["get"] },
    };
    const [port, brokerPort, adminPort] = (await freePorts(3)) as [number, number, number];
    const broker = mesh.keep(await BrokerProcess.start({ routes, port: brokerPort }));
    const listen = { host: "127.0.0.1", port };
    const brokers = [{ host: "127.0.0.1", port: brokerPort, serverName: undefined }];
    envoy = await EnvoyProcess.start(brokerProxy({ ...common, adminPort, listen, brokers }), adminPort);
    const users = await mesh.startApp();
    users.on("get", ({ message }) => ({ reply: { name: "got", payload: message.payload } }));
    const web = mesh.keep(await SidecarProcess.start({ role: "web", broker: port }));
    mesh.keep(await SidecarProcess.start({ role: "users", broker: port, app: users.port }));
    assert.equal((await ask(web.edge, "get", "1")).status, 200);
    await broker.kill();
    mesh.keep(await BrokerProcess.start({ routes, port: brokerPort }));
    const { status, json } = await ask(web.edge, "get", "2");
    assert.deepEqual([status, json.payload], [200, 2]);
  });

  describe("with TLS", () => {
    const folder = mkdtempSync(join(tmpdir(), "exo-envoy-tls-"));
    const servers: Server[] = [];
    after(() => {
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Plays a broker: says its own name, and whose certificate it sees. */
    async function startServer(serverName: string, clientCa: string) {
      const { certificateFile, keyFile } = selfSignedCertificate(folder, serverName);
      const cert = readFileSync(certificateFile);
      const options = { cert, key: readFileSync(keyFile), requestCert: true, rejectUnauthorized: true, ca: clientCa };
      const server = createServer(options, (socket: TLSSocket) => {
        socket.end(`${serverName} sees ${socket.getPeerCertificate().subject.CN}`);
      });
      servers.push(server);
      await once(server.listen(0, "127.0.0.1"), "listening");
      return { host: "127.0.0.1", port: (server.address() as AddressInfo).port, serverName, cert };
    }

    it("brings each link to the broker that it names, which sees its certificate", async function () {
      if (!hasEnvoy) return this.skip();
      const client = selfSignedCertificate(folder, "users.client");
      const [clientCert, clientKey] = [readFileSync(client.certificateFile, "utf8"), readFileSync(client.keyFile)];
      const names = ["broker-0.shop", "broker-1.shop"];
      const brokers = await Promise.all(names.map((name) => startServer(name, clientCert)));
      const [port, adminPort] = (await freePorts(2)) as [number, number];
      const listen = { host: "127.0.0.1", port };
      envoy = await EnvoyProcess.start(brokerProxy({ ...common, adminPort, listen, brokers }), adminPort);
      for (const { serverName: servername, cert: ca } of brokers) {
        const socket = connect({ host: "127.0.0.1", port, servername, ca, cert: clientCert, key: clientKey });
        let said = "";
        for await (const part of socket) said += String(part);
        assert.equal(said, `${servername} sees users.client`);
      }
      const stranger = connect({ host: "127.0.0.1", port, servername: "broker-2.shop" });
      await assert.rejects(once(stranger, "secureConnect"), /ECONNRESET|disconnected|closed/i);
    });
  });
});
