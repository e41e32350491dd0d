import { randomBytes, randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { protoPath as healthProto } from "grpc-health-check";

/** A message as a JavaScript object, its fields named as in the .proto file. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * The first frame of an instance that speaks version 3 of the attach protocol: role `web` with an id and a key of its own, unless `fields`
 * say otherwise.
 */
export function registration(fields: Fields = {}): object {
  const key = randomBytes(16);
  return { registration: { protocol_version: 3, role: "web", instance_id: randomUUID(), key, ...fields } };
}

/** How a call ended other than well, as a client finds out by what gRPC and googleapis prescribe. */
export interface CallError {
  readonly code: number;
  readonly details: string;
  /** The google.rpc.ErrorInfo, if there was one. */
  readonly info: Fields | undefined;
}

type Method = MethodDefinition<object, object>;

const here = dirname(fileURLToPath(import.meta.url));
const protos = join(here, "../../../proto");
const reflectionProto = join(
  dirname(createRequire(import.meta.url).resolve("@grpc/reflection/package.json")),
  "build/proto/grpc/reflection/v1/reflection.proto",
);
const load = (file: string) =>
  loadSync(file, { keepCase: true, longs: String, enums: String, defaults: true, includeDirs: [protos] });

const attachProto = load(join(protos, "exosphere/exocom/v1/attach.proto"));
const adminProto = load(join(protos, "exosphere/exocom/v1/admin.proto"));
const health = load(healthProto);
const reflection = load(reflectionProto);
const rpc = load(join(here, "rpc-status.proto"));

/** A gRPC client made from nothing but .proto files. */
export class BareClient {
  readonly #client: Client;

  constructor(port: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  close(): void {
    this.#client.close();
  }

  attach(): AttachCall {
    const method = methodOf(attachProto, "exosphere.exocom.v1.BrokerService", "Attach");
    // Bytes go out as they are, so that a test can send what is no frame at all.
    const serialize = (frame: object) => (Buffer.isBuffer(frame) ? frame : method.requestSerialize(frame));
    return new AttachCall(this.#client.makeBidiStreamRequest(method.path, serialize, method.responseDeserialize));
  }

  health(service: string): Promise<Fields> {
    return this.#call(methodOf(health, "grpc.health.v1.Health", "Check"), { service });
  }

  topology(authorization?: string): Promise<Fields> {
    const method = methodOf(adminProto, "exosphere.exocom.v1.AdminService", "GetTopology");
    return this.#call(method, {}, authorization);
  }

  /** Opens a stream of the admin service: "Tap" or "WatchStats". */
  watch(method: "Tap" | "WatchStats", request: object, authorization?: string): WatchCall {
    const { path, requestSerialize, responseDeserialize } = methodOf(
      adminProto,
      "exosphere.exocom.v1.AdminService",
      method,
    );
    const metadata = new Metadata();
    if (authorization !== undefined) metadata.set("authorization", authorization);
    return new WatchCall(
      this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata),
    );
  }

  /** Names of the services that reflection lists. */
  async services(): Promise<readonly string[]> {
    const method = methodOf(reflection, "grpc.reflection.v1.ServerReflection", "ServerReflectionInfo");
    const call = this.#client.makeBidiStreamRequest(method.path, method.requestSerialize, method.responseDeserialize);
    call.write({ list_services: "" });
    call.end();
    for await (const answer of call) {
      const { list_services_response } = answer as { list_services_response: { service: { name: string }[] } };
      return list_services_response.service.map(({ name }) => name);
    }
    return [];
  }

  #call(method: Method, request: object, authorization?: string): Promise<Fields> {
    const metadata = new Metadata();
    if (authorization !== undefined) metadata.set("authorization", authorization);
    return new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = method;
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, (error, answer) => {
        if (error) reject(callErrorOf(error));
        else resolve(answer as Fields);
      });
    });
  }
}

/** A stream of the admin service, as whoever watches reads it. */
export class WatchCall {
  readonly frames: Fields[] = [];
  readonly #call: ClientReadableStream<object>;
  readonly #ended = Promise.withResolvers<CallError | undefined>();
  #wake = () => {};

  constructor(call: ClientReadableStream<object>) {
    this.#call = call;
    call.on("data", (frame: Fields) => {
      this.frames.push(frame);
      this.#wake();
    });
    call.on("error", (error: ServiceError) => this.#ended.resolve(callErrorOf(error)));
    call.on("end", () => this.#ended.resolve(undefined));
  }

  /** How the stream ended: with an error, or in order. */
  get ended(): Promise<CallError | undefined> {
    return this.#ended.promise;
  }

  /** Every event so far. */
  get events(): Fields[] {
    return this.frames.flatMap(({ events }) => events as Fields[]);
  }

  /** Waits until what is there so far is enough. mocha's timeout bounds the wait. */
  async until(isEnough: (call: this) => boolean): Promise<this> {
    while (!isEnough(this)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this;
  }

  /** Reads no more, without saying so. */
  stopReading(): void {
    this.#call.pause();
  }

  cancel(): void {
    this.#call.cancel();
  }
}

/** An attach stream from the side of an instance. */
export class AttachCall {
  readonly #call: ClientDuplexStream<object, object>;
  readonly #frames: Fields[] = [];
  readonly #ended = Promise.withResolvers<CallError | undefined>();
  #isOver = false;
  #wake = () => {};

  constructor(call: ClientDuplexStream<object, object>) {
    this.#call = call;
    call.on("data", (frame: Fields) => {
      this.#frames.push(frame);
      this.#wake();
    });
    call.on("error", (error: ServiceError) => this.#end(callErrorOf(error)));
    call.on("end", () => this.#end(undefined));
  }

  /** How the stream ended: with an error, or in order. */
  get ended(): Promise<CallError | undefined> {
    return this.#ended.promise;
  }

  /** Sends a frame, or bytes in the place of one. */
  send(frame: object): this {
    this.#call.write(frame);
    return this;
  }

  /** The first frame with this part. mocha's timeout bounds the wait; throws if the stream ends before. */
  async frameWith(part: string): Promise<Fields> {
    for (;;) {
      const frame = this.#frames.find((each) => isThere(each[part]));
      if (frame) return frame;
      await this.#moreFrames(`a frame with ${part}`);
    }
  }

  /** Waits until all publishes up to a sequence are confirmed. Returns the reasons of those that were refused since the last call. */
  async confirmed(sequence: number): Promise<string[]> {
    const reasons: string[] = [];
    for (;;) {
      let through = 0;
      for (const { confirmations, refusals } of this.#frames.splice(0) as unknown as ConfirmingFrame[]) {
        reasons.push(...refusals.map(({ reason }) => reason));
        for (const { last } of confirmations) through = Math.max(through, Number(last));
      }
      if (through >= sequence) return reasons;
      await this.#moreFrames(`the confirmation of ${sequence}`);
    }
  }

  cancel(): void {
    this.#call.cancel();
  }

  async #moreFrames(awaited: string): Promise<void> {
    if (this.#isOver) throw new Error(`The stream ended before ${awaited}: ${JSON.stringify(await this.ended)}`);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #end(error: CallError | undefined): void {
    this.#isOver = true;
    this.#ended.resolve(error);
    this.#wake();
  }
}

/** What a frame says of publishes. */
interface ConfirmingFrame {
  readonly confirmations: readonly { readonly last: string }[];
  readonly refusals: readonly { readonly reason: string }[];
}

function isThere(part: unknown): boolean {
  return Array.isArray(part) ? part.length > 0 : part !== null && part !== undefined;
}

function methodOf(definitions: PackageDefinition, service: string, name: string): Method {
  return (definitions[service] as ServiceDefinition)[name] as Method;
}

function callErrorOf({ code, details, metadata }: ServiceError): CallError {
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  return { code, details, info: Buffer.isBuffer(bytes) ? errorInfoIn(bytes) : undefined };
}

function errorInfoIn(bytes: Buffer): Fields | undefined {
  const status = methodOf(rpc, "google.rpc.Decoders", "DecodeStatus").responseDeserialize(bytes) as {
    details: { type_url: string; value: Buffer }[];
  };
  const detail = status.details.find(({ type_url }) => type_url === "type.googleapis.com/google.rpc.ErrorInfo");
  return (
    detail && (methodOf(rpc, "google.rpc.Decoders", "DecodeErrorInfo").responseDeserialize(detail.value) as Fields)
  );
}
