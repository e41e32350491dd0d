import { describeBroker } from "./broker.contract.ts";
import { EmbeddedBus } from "./testing/embedded-bus.ts";

describeBroker(
  "The embedded broker, attached to in memory",
  async (routes, limits) => new EmbeddedBus(routes, limits),
  20,
);
