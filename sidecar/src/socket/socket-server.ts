import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import {
  BrokenFraming,
  errorStatus,
  receiveLimit,
  SocketDuplex,
  servedAttachMethod,
  servedCodec,
  socketPreface,
  UnknownPreface,
  widenConnections,
} from "@exosphere/frames";
import { StartError } from "@exosphere/process";
import { type AttachRequest, type AttachResponse, ExoError } from "@exosphere/proto";
import { SettingsError } from "@exosphere/settings";
import { Server as GrpcServer, type handleBidiStreamingCall, ServerCredentials } from "@grpc/grpc-js";
import type { SocketHost } from "./socket-host.ts";
import { socketPathMistakes } from "./socket-path.ts";

/** How long a connection may be open without having said what it speaks, in milliseconds. */
const greetingMs = 10_000;

/** What a connection of HTTP/2 begins with (RFC 9113, section 3.4). */
const http2Preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

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
 * Serves the attach stream on a unix socket that only this user may open: to the SDK as frames on the bare socket, to any
 * gRPC client as gRPC. Removes what an earlier sidecar left there. Throws a SettingsError if that path cannot be a socket's, and
 * a StartError if another sidecar serves it.
 */
export async function startSocketServer({ path, host, maxPayloadBytes }: SocketServerOptions): Promise<SocketServer> {
  const mistakes = socketPathMistakes(path);
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  await removeStale(path);
  const maxFrameBytes = receiveLimit(maxPayloadBytes);
  const grpc = new GrpcServer({ "grpc.max_receive_message_length": maxFrameBytes, "grpc.enable_channelz": 0 });
  widenConnections("server", servedAttachMethod.path);
  grpc.addService({ attach: servedAttachMethod }, { attach: attachHandler(host) });
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  /** Those of them that have not said what they speak yet. */
  const silent = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    for (const set of [sockets, silent]) {
      set.add(socket);
      socket.once("close", () => set.delete(socket));
    }
    greeted(socket, (preface) => {
      silent.delete(socket);
      if (preface === socketPreface) acceptFrames(socket, host, maxFrameBytes);
      else {
        // HTTP/2 does not end its side when the client has.
        socket.allowHalfOpen = false;
        injector.injectConnection(socket);
      }
    });
  });
  await bind(server, path);
  return {
    drain: (deadline) =>
      new Promise((resolve) => {
        deadline.addEventListener("abort", () => resolve(), { once: true });
        grpc.tryShutdown(() => {});
        server.close(() => resolve());
        // There is nothing of them to wait for.
        for (const socket of silent) socket.destroy();
      }),
    close() {
      server.close();
      grpc.forceShutdown();
      for (const socket of sockets) socket.destroy();
      rmSync(path, { force: true });
    },
  };
}

/**
 * Looks at what a connection begins with, and leaves it there. HTTP/2 has to come with the whole of its preface: Node would wait
 * for it without an end.
 */
function greeted(socket: Socket, told: (preface: Buffer) => void): void {
  let begun = Buffer.alloc(0);
  const end = () => socket.destroy();
  const look = (chunk: Buffer) => {
    begun = Buffer.concat([begun, chunk]);
    const preface = begun[0] === socketPreface[0] ? socketPreface : http2Preface;
    const said = Math.min(begun.length, preface.length);
    // A preface of the other kind is looked at by who takes the frames behind it.
    if (preface === http2Preface) {
      if (preface.compare(begun, 0, said, 0, said) !== 0) socket.destroy();
      if (socket.destroyed || said < preface.length) return;
    }
    socket.off("data", look).off("end", end).off("error", end).off("timeout", end);
    socket.setTimeout(0);
    socket.pause();
    socket.unshift(begun);
    told(preface);
  };
  socket.on("data", look).once("end", end).on("error", end);
  socket.setTimeout(greetingMs, end);
}

function acceptFrames(socket: Socket, host: SocketHost, maxFrameBytes: number): void {
  const duplex = new SocketDuplex(socket, { codec: servedCodec, maxFrameBytes });
  // Broken framing and the like are seen before there is a frame: nobody else would count them, or say so.
  duplex.on("error", (error) => {
    if (error instanceof BrokenFraming || error instanceof UnknownPreface)
      host.failed(new ExoError("INVALID_MESSAGE", error.message));
  });
  host.accept(duplex, (error) => duplex.refuse(error));
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
    server.once("error", (error) =>
      reject(new StartError(`${path} cannot be used as a socket (${error.message}): choose another --socket`)),
    );
    server.listen({ path }, resolve);
  }).finally(() => process.umask(before));
}
