import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { embeddedFile } from "@exosphere/process";
import type { Server } from "@grpc/grpc-js";
import type { HealthImplementation } from "grpc-health-check";
import { addLateServices, type LateMethod, type Services } from "./late-services.ts";

/** Whether the broker's services take calls, as gRPC's health protocol tells it. */
export interface ServingStatus {
  setServing(isServing: boolean): void;
}

/** Services that the health service answers for: the server as a whole, and each of ours. */
const services = ["", "exosphere.exocom.v1.BrokerService", "exosphere.exocom.v1.AdminService"];

const healthMethods: readonly LateMethod[] = [
  { path: "/grpc.health.v1.Health/Check" },
  { path: "/grpc.health.v1.Health/Watch", responseStream: true },
  { path: "/grpc.health.v1.Health/List" },
];

const reflectionMethods: readonly LateMethod[] = ["v1", "v1alpha"].map((version) => ({
  path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
  requestStream: true,
  responseStream: true,
}));

const require = createRequire(import.meta.url);

/**
 * Adds grpc.health.v1 and server reflection, so that grpcurl and buf curl work without the .proto files. Both are loaded with
 * their first call: they parse .proto files with protobufjs, which takes 80 ms and 18 MiB.
 */
export function addHealthAndReflection(server: Server): ServingStatus {
  let isServing = false;
  let health: HealthImplementation | undefined;
  const status = () => (isServing ? "SERVING" : "NOT_SERVING");
  addLateServices(server, healthMethods, (to) => {
    const { HealthImplementation: Health } = require("grpc-health-check") as typeof import("grpc-health-check");
    health = new Health(Object.fromEntries(services.map((name) => [name, status()])));
    health.addToServer(to as Server);
  });
  addLateServices(server, reflectionMethods, addReflection);
  return {
    setServing(value) {
      isServing = value;
      for (const name of services) health?.setStatus(name, status());
    },
  };
}

function addReflection(to: Services): void {
  const { loadFileDescriptorSetFromBuffer } = require("@grpc/proto-loader") as typeof import("@grpc/proto-loader");
  const { ReflectionService } = require("@grpc/reflection") as typeof import("@grpc/reflection");
  const descriptors =
    embeddedFile("descriptors.binpb") ??
    readFileSync(new URL(import.meta.resolve("@exosphere/proto/descriptors.binpb")));
  new ReflectionService(loadFileDescriptorSetFromBuffer(descriptors)).addToServer(to as Server);
}
