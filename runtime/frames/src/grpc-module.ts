import { createRequire } from "node:module";

/** What grpc-js exports. */
export type GrpcModule = typeof import("@grpc/grpc-js");

let grpcModule: GrpcModule | undefined;

/**
 * grpc-js, loaded by the first call: it takes most of the time that the SDK takes to load, and whoever attaches by a unix socket does not
 * need it. Throws an error that says what to do if it is not there, as behind a bundler that does not see this call.
 */
export function grpc(): GrpcModule {
  grpcModule ??= load();
  return grpcModule;
}

/** Takes grpc-js from whoever has imported it, such as a bundle that contains it. */
export function provideGrpc(module: GrpcModule): void {
  grpcModule = module;
}

function load(): GrpcModule {
  try {
    // In a CommonJS bundle there is no import.meta.url: from the folder of the program then.
    const require = createRequire(import.meta.url ?? `${process.cwd()}/program.js`);
    return require("@grpc/grpc-js") as GrpcModule;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw cause;
    const text =
      'A broker is reached over TCP by @grpc/grpc-js, which is not there. Install it beside the bundle, or bundle it by: import "@exosphere/sdk/grpc"';
    throw new Error(text, { cause });
  }
}
