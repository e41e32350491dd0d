import type { Incoming } from "../incoming.ts";
import { Link } from "../link.ts";
import type { LinkOptions } from "../link-config.ts";
import type { LinkStatus } from "../link-status.ts";
import { ScriptedBroker } from "./scripted-broker.ts";

/** A link to scripted brokers, with everything that it tells. */
export interface StartedLink {
  readonly link: Link;
  readonly broker: ScriptedBroker;
  readonly deliveries: Incoming[];
  readonly statuses: LinkStatus[];
}

/** Starts a link that does not wait long between attempts. `onStatus` hears of each status at once. */
export function startLink(options: Partial<LinkOptions> = {}, onStatus?: (status: LinkStatus) => void): StartedLink {
  const broker = new ScriptedBroker();
  const [deliveries, statuses]: [Incoming[], LinkStatus[]] = [[], []];
  const link = new Link(
    {
      brokers: ["one:4100"],
      role: "web",
      instanceId: "instance",
      minBackoffMs: 1,
      maxBackoffMs: 1,
      dial: broker.dial,
      ...options,
    },
    {
      delivery: (incoming) => deliveries.push(incoming),
      status: (status) => {
        statuses.push(status);
        onStatus?.(status);
      },
    },
  );
  return { link, broker, deliveries, statuses };
}
