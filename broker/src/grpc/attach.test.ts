import { describeBroker } from "../broker.contract.ts";
import { GrpcBus } from "./testing/grpc-bus.ts";

describeBroker("Attach over gRPC", (routes, limits) => GrpcBus.start(routes, limits), 5);
