import { describeBroker } from "../broker.contract.ts";
import { CoreBus } from "./testing/core-bus.ts";

describeBroker("Exocom", async (routes, limits) => new CoreBus(routes, limits), 200);
