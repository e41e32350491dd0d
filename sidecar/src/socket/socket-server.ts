import { rmSync } from "node:fs";
import { connect } from "node:net";
import { errorStatus, receiveLimit, servedAttachMethod } from "@exosphere/frames";
import type { AttachRequest, AttachResponse } from "@exosphere/proto";
import { SettingsError, StartError } from "@exosphere/runtime";
import { type handleBidiStreamingCall, Server, ServerCredentials } from "@grpc/grpc-js";
import type { SocketHost } from "./socket-host.ts";
import { socketPathMistakes } from "./socket-path.ts";

/** What serving the attach stream on a unix socket needs. */
export interface SocketServerOptions {
  /** Where the socket is to be. */
  readonly path: string;
  readonly host: SocketHost;
  readonly maxPayloadBytes: number;
}

/** A socket that is served. */
export interface SocketServer {
  /** Lets what was written reach the app; by force when `deadline` fires. */
  drain(deadline: AbortSignal): Promise<void>;
  /** Ends every stream at once and removes the socket. */
  close(): void;
}

/**
 * Serves the attach stream on a unix socket that only this user may open. Removes what an earlier sidecar left there. Throws a
 * SettingsError if that path cannot be a socket's, and a StartError if another sidecar serves it.
 */
export async function startSocketServer({ path, host, maxPayloadBytes }: SocketServerOptions): Promise<SocketServer> {
  const mistakes = socketPathMistakes(path);
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  await removeStale(path);
  const server = new Server({ "grpc.max_receive_message_length": receiveLimit(maxPayloadBytes) });
  server.addService({ attach: servedAttachMethod }, { attach: attachHandler(host) });
  await bind(server, path);
  return {
    drain: (deadline) =>
      new Promise((resolve) => {
        deadline.addEventListener("abort", () => resolve(), { once: true });
        server.tryShutdown(() => resolve());
      }),
    close() {
      server.forceShutdown();
      rmSync(path, { force: true });
    },
  };
}

function attachHandler(host: SocketHost): handleBidiStreamingCall<AttachRequest, AttachResponse> {
  return (call) => {
    // A cancelled call may still report an error; without a listener that would end the process.
    call.on("error", () => {});
    host.accept(call, (error) => call.emit("error", errorStatus(error)));
  };
}

/** Removes a socket that nobody listens on any more. */
async function removeStale(path: string): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  });
  if (code === undefined) throw new StartError(`${path} is served by another process: choose another --socket`);
  if (code === "ECONNREFUSED") rmSync(path);
}

/** Binds with mode 0600 from the first moment: a mode that is set later would leave a gap. */
function bind(server: Server, path: string): Promise<void> {
  const before = process.umask(0o177);
  return new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) => {
      if (error)
        reject(new StartError(`${path} cannot be used as a socket (${error.message}): choose another --socket`));
      else resolve();
    });
  }).finally(() => process.umask(before));
}
