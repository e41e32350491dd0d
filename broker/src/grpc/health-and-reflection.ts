import { readFileSync } from "node:fs";
import type { Server } from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { HealthImplementation } from "grpc-health-check";

/** Whether the broker's services take calls, as gRPC's health protocol tells it. */
export interface ServingStatus {
  setServing(isServing: boolean): void;
}

/** Services that the health service answers for: the server as a whole, and each of ours. */
const services = ["", "exosphere.exocom.v1.BrokerService", "exosphere.exocom.v1.AdminService"];

/** Adds grpc.health.v1 and server reflection, so that grpcurl and buf curl work without the .proto files. */
export function addHealthAndReflection(server: Server): ServingStatus {
  const health = new HealthImplementation(Object.fromEntries(services.map((name) => [name, "NOT_SERVING"])));
  health.addToServer(server);
  const descriptors = readFileSync(new URL(import.meta.resolve("@exosphere/proto/descriptors.binpb")));
  new ReflectionService(loadFileDescriptorSetFromBuffer(descriptors)).addToServer(server);
  return {
    setServing(isServing) {
      for (const name of services) health.setStatus(name, isServing ? "SERVING" : "NOT_SERVING");
    },
  };
}
