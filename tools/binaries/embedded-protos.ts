import { readFileSync } from "node:fs";
import type { Plugin } from "rolldown";
import { installed } from "../house.ts";

/** A module that reads a .proto file beside itself when it is used. */
interface ProtoReader {
  /** End of the module's path. */
  readonly module: string;
  /** The call by which it reads the file. Its first group holds the options. */
  readonly call: RegExp;
  /** Within node_modules. */
  readonly proto: string;
  /** Whether names of fields stay as they are in the file. */
  readonly keepCase: boolean;
}

const loadCall = /protoLoader\.loadSync\(protoPath, (constants_1\.PROTO_LOADER_OPTS)\)/;
const reflection = "@grpc/reflection/build";

/** Those that can be reached: grpc-js has more, for channelz and ORCA, which nothing here asks for. */
const readers: readonly ProtoReader[] = [
  {
    module: "grpc-health-check/build/src/health.js",
    call: /\(0, proto_loader_1\.loadSync\)\('health\/v1\/health\.proto', (\{.*?\n\})\)/s,
    proto: "grpc-health-check/proto/health/v1/health.proto",
    keepCase: true,
  },
  ...["v1", "v1alpha"].map((version) => ({
    module: `${reflection}/src/implementations/reflection-${version}.js`,
    call: loadCall,
    proto: `${reflection}/proto/grpc/reflection/${version}/reflection.proto`,
    keepCase: false,
  })),
];

/** Puts the text of .proto files in the place of the calls that read them. Throws an Error where a module has changed since. */
export const embedProtoFiles: Plugin = {
  name: "embed-proto-files",
  load(id) {
    const reader = readers.find(({ module }) => id.endsWith(`/node_modules/${module}`));
    if (!reader) return null;
    const code = readFileSync(id, "utf8");
    const text = readFileSync(installed(reader.proto), "utf8");
    const parsed = `require("protobufjs").parse(${JSON.stringify(text)}, { keepCase: ${reader.keepCase} })`;
    const embedded = code.replace(
      reader.call,
      (_, options: string) => `require("@grpc/proto-loader").fromJSON(${parsed}.root.toJSON(), ${options})`,
    );
    if (embedded === code) throw new Error(`${id} does not read ${reader.proto} as it did: mend tools/binaries.`);
    return { code: embedded };
  },
};
