import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { issueCertificate } from "../src/certificate/issue-certificate.ts";

/** An object of Kubernetes. */
export interface KubernetesObject {
  metadata: { name?: string; resourceVersion?: string };
  [field: string]: unknown;
}

/** A call that was made. */
interface Call {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
}

/** What of Kubernetes' API the injector uses, with objects in memory and optimistic locking. For tests. */
export class FakeApiServer {
  readonly objects = new Map<string, KubernetesObject>();
  readonly calls: Call[] = [];
  /** Status that every call is answered with. Undefined: as it should be. */
  failing: number | undefined;
  readonly folder: string = mkdtempSync(join(tmpdir(), "exo-fake-api-"));
  readonly caFile: string = join(this.folder, "ca.pem");
  readonly tokenFile: string = join(this.folder, "token");
  readonly #server: Server;
  #version = 0;

  private constructor() {
    const names = ["localhost"];
    const issued = issueCertificate({ names, fromMs: Date.now(), untilMs: Date.now() + 3_600_000 });
    writeFileSync(this.caFile, issued.authority);
    writeFileSync(this.tokenFile, "first\n");
    this.#server = createServer({ cert: issued.certificate, key: issued.key });
    this.#server.on("request", (request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<FakeApiServer> {
    const fake = new FakeApiServer();
    await new Promise<void>((resolve) => fake.#server.listen(0, "localhost", resolve));
    return fake;
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Keeps an object, as somebody else would by the API. */
  put(path: string, object: Omit<KubernetesObject, "metadata"> & { readonly metadata?: object }): void {
    this.#version += 1;
    this.objects.set(path, { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } });
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "", headers } = request;
    this.calls.push({ method, path, token: headers.authorization });
    const body = (await buffer(request)).toString();
    const [status, object] = this.failing ? [this.failing, failure("failing")] : this.#do(method, path, body);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(object));
  }

  #do(method: string, path: string, body: string): [status: number, object: unknown] {
    const found = this.objects.get(path);
    switch (method) {
      case "GET":
        return found ? [200, found] : [404, failure("not found")];
      case "POST": {
        const object = JSON.parse(body) as KubernetesObject;
        const created = `${path}/${object.metadata.name}`;
        if (this.objects.has(created)) return [409, failure("already exists")];
        this.put(created, object);
        return [201, this.objects.get(created)];
      }
      case "PUT": {
        const object = JSON.parse(body) as KubernetesObject;
        if (!found) return [404, failure("not found")];
        if (object.metadata.resourceVersion !== found.metadata.resourceVersion) return [409, failure("conflict")];
        this.put(path, object);
        return [200, this.objects.get(path)];
      }
      default:
        return this.#patch(path, JSON.parse(body) as { op: string; path: string; value: unknown }[]);
    }
  }

  #patch(path: string, operations: readonly { op: string; path: string; value: unknown }[]): [number, unknown] {
    const found = this.objects.get(path);
    if (!found) return [404, failure("not found")];
    const copy = structuredClone(found);
    for (const { op, path: pointer, value } of operations) {
      const parts = pointer.slice(1).split("/");
      const last = parts.pop() as string;
      const parent = parts.reduce<Record<string, unknown>>((at, part) => at[part] as Record<string, unknown>, copy);
      if (op === "test" && parent[last] !== value) return [422, failure("the test failed")];
      if (op === "add") parent[last] = value;
    }
    this.put(path, copy);
    return [200, this.objects.get(path)];
  }
}

function failure(message: string): object {
  return { kind: "Status", status: "Failure", message };
}
