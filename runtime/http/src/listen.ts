import type { AddressInfo, Server } from "node:net";
import { StartError } from "@exosphere/process";

/** Where a server listens, and the flag by which its user chooses the port. */
export interface ListenOptions {
  /** Name or address of an interface of this machine. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** For the message if the port is taken: "--port". */
  readonly setting: string;
  /** For the message if the host is wrong. Default: "--host". */
  readonly hostSetting?: string;
}

/**
 * Connections that may wait until they are accepted. Of those beyond it the client believes that they are made, and is cut off
 * when the server closes. Node's own is 511; Linux takes 4096 unless told otherwise.
 */
const backlog = 4_096;

/** Binds a server and resolves to its port. Rejects with a StartError that names port and setting. */
export function listen(server: Server, options: ListenOptions): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const onError = (error: Error) => reject(startErrorOf(error, options));
  server.once("error", onError);
  server.listen({ host: options.host, port: options.port, backlog }, () => {
    server.off("error", onError);
    resolve((server.address() as AddressInfo).port);
  });
  return promise;
}

/** Why a port could not be bound, in words that say what to do. */
export function startErrorOf(error: NodeJS.ErrnoException, options: ListenOptions): StartError {
  return new StartError(describe(error, options), { cause: error });
}

function describe(
  error: NodeJS.ErrnoException,
  { host, port, setting, hostSetting = "--host" }: ListenOptions,
): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is already in use: choose another with ${setting}`;
    case "EACCES":
      return `port ${port} on ${host} is not open to this user: choose one above 1023 with ${setting}`;
    case "EADDRNOTAVAIL":
      return `port ${port} cannot be bound on ${host}, which is no address of this machine: choose another with ${hostSetting}`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `port ${port} cannot be bound on ${host}, which is not known by that name: choose another with ${hostSetting}`;
    default:
      return `port ${port} on ${host} cannot be bound (${error.message}): see ${setting} and ${hostSetting}`;
  }
}
