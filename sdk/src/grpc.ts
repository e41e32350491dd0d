import { provideGrpc } from "@exosphere/frames";
import * as grpc from "@grpc/grpc-js";

// For bundles that reach a broker over TCP: the SDK loads grpc-js only when it dials, which bundlers do not see.
provideGrpc(grpc);
