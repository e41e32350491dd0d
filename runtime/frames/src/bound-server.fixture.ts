import { type Server, ServerCredentials } from "@grpc/grpc-js";

/** Binds a server to a free port of this machine. Resolves with the port. */
export function bound(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}
