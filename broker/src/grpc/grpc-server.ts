import {
  countedForServer,
  errorStatus,
  holdable,
  receiveLimit,
  servedAttachMethod,
  widenConnections,
} from "@exosphere/frames";
import { StartError } from "@exosphere/process";
import type { AdminServiceServer, AttachRequest, AttachResponse } from "@exosphere/proto";
import { type handleBidiStreamingCall, logVerbosity, Server, ServerCredentials, setLogVerbosity } from "@grpc/grpc-js";
import { servedAdminMethods } from "../served-admin-methods.ts";
import type { AttachHost } from "./attach-host.ts";
import { addHealthAndReflection } from "./health-and-reflection.ts";
import { renew, servedRenewMethod } from "./renewal.ts";

/**
 * How long calls may take to leave once they have been ended, in milliseconds: a round trip across an ocean, and some.
 * tryShutdown alone would wait for ever for somebody who watches the health of the broker.
 */
const goodbyeMs = 1_000;

/** Streams of one connection at once. */
const maxStreams = 100;

/** How long a connection may be open without a stream, in milliseconds: a monitor that asks every half minute keeps its connection. */
const idleMs = 60_000;

/** What the broker's gRPC server needs. */
export interface GrpcServerOptions {
  readonly host: string;
  readonly port: number;
  /** For the message if the port is taken: "--port". */
  readonly setting: string;
  readonly attachHost: AttachHost;
  readonly maxPayloadBytes: number;
  /** What operators ask. */
  readonly admin: AdminServiceServer;
}

/** A gRPC server that is bound. */
export interface GrpcServer {
  readonly port: number;
  /** Tells by its health that it is about to end. */
  startDraining(): void;
  /** Takes no more calls, and lets those that have been ended leave in order. */
  drain(): Promise<void>;
  /** Ends all calls that are left. */
  close(): void;
}

/** Binds the broker's services, with health and reflection. Throws a StartError if the port is taken. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  // grpc-js writes to stderr what it also reports as errors, such as a port that is taken.
  if (process.env.GRPC_VERBOSITY === undefined) setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    "grpc.max_receive_message_length": receiveLimit(options.maxPayloadBytes),
    // Finds peers that vanished without a word within half a minute.
    "grpc.keepalive_time_ms": 20_000,
    "grpc.keepalive_timeout_ms": 8_000,
    // A sidecar has one stream on its connection, an operator some few. RFC 9113, 6.5.2: no less than 100, so as not to limit anybody
    // needlessly.
    "grpc.max_concurrent_streams": maxStreams,
    // Clients attach, ask or watch as soon as they are connected: a connection without a stream serves nobody.
    "grpc.max_connection_idle_ms": idleMs,
    // Nobody asks for its figures, which are counted for every frame.
    "grpc.enable_channelz": 0,
  });
  widenConnections("server", servedAttachMethod.path);
  const { attachHost } = options;
  const attach = countedForServer(servedAttachMethod, attachHost.traffic);
  server.addService({ attach, renew: servedRenewMethod }, { attach: attachHandler(attachHost), renew });
  server.addService(servedAdminMethods, options.admin);
  const health = addHealthAndReflection(server);
  const port = await bind(server, options);
  const unwatch = attachHost.connections.watch(port);
  health.setServing(true);
  return {
    port,
    startDraining: () => health.setServing(false),
    async drain() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, goodbyeMs);
      server.tryShutdown(() => resolve());
      await promise;
      clearTimeout(timer);
    },
    close() {
      unwatch();
      health.setServing(false);
      server.forceShutdown();
    },
  };
}

function attachHandler(host: AttachHost): handleBidiStreamingCall<AttachRequest, AttachResponse> {
  return (call) => {
    // A cancelled call may still report an error; without a listener that would end the process.
    call.on("error", () => {});
    host.accept(holdable(call), call.getPeer(), (error) => call.emit("error", errorStatus(error)));
  };
}

function bind(server: Server, { host, port, setting }: GrpcServerOptions): Promise<number> {
  const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (!error) return resolve(bound);
      reject(new StartError(`port ${port} on ${host} ${whyNotBound(error, setting)}`));
    });
  });
}

/** grpc-js 1.14 reports a taken port only in the text of its error. */
function whyNotBound({ message }: Error, setting: string): string {
  if (/EADDRINUSE/.test(message)) return `is already in use: choose another with ${setting}`;
  return `cannot be bound (${message}): see ${setting} and ${setting.replace("port", "host")}`;
}
