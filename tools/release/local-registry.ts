import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import type { Tarball } from "./tarballs.ts";

/**
 * npm's registry for packed packages alone, on loopback, so that they can be installed by their names before they are published. Reads
 * only. npm takes all other packages from where it always does: see `npmArgs`.
 */
export class LocalRegistry {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Serves tarballs on a free port. */
  static async start(tarballs: readonly Tarball[]): Promise<LocalRegistry> {
    const server = createServer(({ url = "", headers }, response) => {
      const path = decodeURIComponent(url);
      const named = tarballs.find(({ name }) => path === `/${name}`);
      const packed = tarballs.find(({ file }) => path === `/-/${basename(file)}`);
      if (named) answer(response, "application/json", JSON.stringify(document(named, `http://${headers.host}`)));
      else if (packed) answer(response, "application/octet-stream", readFileSync(packed.file));
      else response.writeHead(404, { "content-type": "application/json" }).end('{"error":"not found"}');
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new LocalRegistry(server);
  }

  /** What npm has to be told to use this for the packages of the house, and nothing else. */
  get npmArgs(): readonly string[] {
    const { port } = this.#server.address() as AddressInfo;
    return [`--@exosphere:registry=http://127.0.0.1:${port}`];
  }

  /** Ends it, open connections included. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** What a registry says of a package: its versions, of which there is one. */
function document({ name, version, manifest, file }: Tarball, origin: string): object {
  const integrity = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
  const dist = { integrity, tarball: `${origin}/-/${basename(file)}` };
  return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
}

function answer(response: ServerResponse, type: string, body: string | Buffer): void {
  response.writeHead(200, { "content-type": type }).end(body);
}
