import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Link } from "./link.ts";
import { whyUnreachable } from "./unreachable.ts";

/** Why a link cannot attach at an address, by its first attempt; its cause is the error underneath. */
async function firstFailure(address: string): Promise<Error & { readonly detail: string }> {
  let link: Link | undefined;
  try {
    return await new Promise((resolve) => {
      link = new Link(
        { brokers: [address], role: "web", instanceId: "i" },
        { delivery() {}, status: (status) => status.kind === "detached" && resolve(status.error) },
      );
    });
  } finally {
    link?.close();
  }
}

/** A port of the loopback address on which nothing listens any more. */
async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("A broker that cannot be reached", () => {
  it("is reported with the address, why, and the error underneath as cause if nothing listens", async () => {
    const port = await freePort();
    const error = await firstFailure(`127.0.0.1:${port}`);
    assert.equal(
      error.detail,
      `The broker at 127.0.0.1:${port} cannot be reached: nothing listens there (ECONNREFUSED). Is it running?`,
    );
    assert.match(String(error.cause), /ECONNREFUSED/);
  });

  it("is reported as a socket that does not exist", async () => {
    const error = await firstFailure("unix:/nowhere/exocom.sock");
    assert.match(error.detail, /unix:\/nowhere\/exocom\.sock cannot be reached: there is no such socket \(ENOENT\)/);
    assert.equal((error.cause as { code?: string }).code, "ENOENT");
  });

  it("is reported as a server of something else", async () => {
    const folder = mkdtempSync(join(tmpdir(), "exo-unreachable-"));
    const tcp = createServer((_request, response) => response.end());
    const unix = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
    await new Promise<void>((resolve) => unix.listen(join(folder, "http"), resolve));
    try {
      for (const address of [`127.0.0.1:${(tcp.address() as AddressInfo).port}`, `unix:${join(folder, "http")}`])
        assert.match((await firstFailure(address)).detail, /cannot be reached: what listens there is not a broker/);
    } finally {
      tcp.close();
      unix.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("is described by the codes of the operating system", () => {
    const thrown = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
    assert.equal(whyUnreachable(thrown("EACCES")), "this user may not open it (EACCES)");
    assert.equal(whyUnreachable(thrown("EMFILE")), "EMFILE");
    const byGrpc = { code: 14, details: "Name resolution failed for target dns:nosuch:1" };
    assert.equal(whyUnreachable(Object.assign(new Error("14 UNAVAILABLE"), byGrpc)), "its name cannot be looked up");
    assert.match(whyUnreachable(Object.assign(new Error("12 UNIMPLEMENTED"), { code: 12 })), /not a broker/);
    assert.equal(whyUnreachable(new Error("anything")), "");
  });
});
