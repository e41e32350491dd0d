import { type BrokerOptions, ServiceBroker } from "moleculer";
import type { End, EndOptions } from "./ends.ts";

/** Answers with what it got. */
export async function replier(options: EndOptions): Promise<End> {
  const broker = new ServiceBroker(brokerOptions("replier", options));
  broker.createService({ name: "replier", actions: { ping: ({ params }) => params } });
  await broker.start();
  return {};
}

/** Asks. */
export async function requester(options: EndOptions): Promise<End> {
  const broker = new ServiceBroker(brokerOptions("requester", options));
  await broker.start();
  await broker.waitForServices("replier", 10_000, 20);
  return { ask: (value, done) => void broker.call("replier.ping", value).then(done) };
}

/** As it comes, but without a log: over NATS at its address, or over its own TCP between two ports, without multicast. */
function brokerOptions(nodeID: "replier" | "requester", { address, ports }: EndOptions): BrokerOptions {
  const [replierPort = 0, requesterPort = 0] = ports;
  const tcp = {
    type: "TCP",
    options: {
      udpDiscovery: false,
      port: nodeID === "replier" ? replierPort : requesterPort,
      urls: [`127.0.0.1:${replierPort}/replier`, `127.0.0.1:${requesterPort}/requester`],
      useHostname: false,
      // So that the two find each other within the start, which is not measured.
      gossipPeriod: 0.2,
    },
  };
  // Its types know neither the address of a server nor a list of nodes, though its documentation does.
  const transporter = (address === "" ? tcp : address) as NonNullable<BrokerOptions["transporter"]>;
  return { logger: false, metrics: false, tracing: false, requestTimeout: 10_000, nodeID, transporter };
}
