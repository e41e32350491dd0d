import { randomUUID } from "node:crypto";
import { Link, type Outgoing } from "@exosphere/sdk/link";
import type { RoundTrip } from "./load.ts";
import { payload } from "./payload.ts";

const none = new Uint8Array(0);

function outgoing(name: string, fields: Partial<Outgoing> = {}): Outgoing {
  const id = randomUUID();
  return {
    name,
    id,
    activityId: id,
    payload,
    auth: none,
    responseTo: "",
    traceparent: "",
    tracestate: "",
    deadlineMs: 10_000,
    ...fields,
  };
}

function attach(
  port: number,
  role: string,
  onDelivery: (link: Link, incoming: Parameters<Link["done"]>[0]) => void,
): Promise<Link> {
  return new Promise((resolve) => {
    const link: Link = new Link(
      { brokers: [`127.0.0.1:${port}`], role, instanceId: randomUUID(), window: 2048 },
      {
        delivery: (incoming) => onDelivery(link, incoming),
        status: ({ kind }) => kind === "attached" && resolve(link),
      },
    );
  });
}

/** Attaches straight to the broker and answers every `ping` with a `pong`. */
export async function linkReplier(port: number): Promise<void> {
  await attach(port, "replier", (link, incoming) => {
    const { activityId, id, returnPath } = incoming;
    link.send(outgoing("pong", { activityId, responseTo: id, returnPath }), (error) => {
      if (error) throw error;
    });
    link.done(incoming);
  });
}

/** Attaches straight to the broker and asks. */
export async function linkRequester(port: number): Promise<RoundTrip> {
  const link = await attach(port, "requester", (_link, incoming) => {
    throw new Error(`An ordinary '${incoming.name}' came.`);
  });
  return (done) =>
    link.request(outgoing("ping"), (error) => {
      if (error) throw error;
      done();
    });
}
