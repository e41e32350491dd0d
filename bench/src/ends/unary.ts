import { Client, credentials, type handleUnaryCall, Server, ServerCredentials } from "@grpc/grpc-js";
import type { End, EndOptions } from "./ends.ts";

/** gRPC as most use it: a call for each message. Its bytes are JSON, as are those of the other peers. */
const method = {
  path: "/bench.Unary/Ask",
  requestStream: false,
  responseStream: false,
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
} as const;

/** Answers with what it got. */
export function replier({ address }: EndOptions): Promise<End> {
  return serve(address, ({ request }, answer) =>
    answer(null, Buffer.from(JSON.stringify(JSON.parse(request.toString("utf8"))))),
  );
}

/** Asks the next, and answers with its answer. */
export function hop({ address, next }: EndOptions): Promise<End> {
  const call = caller(next);
  return serve(address, ({ request }, answer) => call(request, (reply) => answer(null, reply)));
}

/** Asks. */
export async function requester({ address }: EndOptions): Promise<End> {
  const call = caller(address);
  return {
    ask: (value, done) => call(Buffer.from(JSON.stringify(value)), (reply) => done(JSON.parse(reply.toString("utf8")))),
  };
}

function caller(address: string): (request: Buffer, answered: (reply: Buffer) => void) => void {
  const client = new Client(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = method;
  return (request, answered) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, reply) => {
      if (error) throw error;
      answered(reply as Buffer);
    });
  };
}

function serve(address: string, handler: handleUnaryCall<Buffer, Buffer>): Promise<End> {
  const server = new Server();
  server.addService({ ask: method }, { ask: handler });
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve({ port }),
    );
  });
}
