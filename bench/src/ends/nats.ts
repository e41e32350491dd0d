import { connect, type NatsConnection } from "@nats-io/transport-node";
import { Counter, type End, type EndOptions } from "./ends.ts";

/** Answers with what it got. */
export async function replier({ address }: EndOptions): Promise<End> {
  const connection = await connect({ servers: address });
  connection.subscribe("ping", {
    callback: (error, message) => {
      if (error) throw error;
      message.respond(JSON.stringify(message.json()));
    },
  });
  await connection.flush();
  return {};
}

/** Asks, with the client's own request: one inbox for all, which is its default. */
export async function requester({ address }: EndOptions): Promise<End> {
  const connection = await connect({ servers: address });
  return {
    ask: (value, done) =>
      void connection.request("ping", JSON.stringify(value), { timeout: 10_000 }).then((reply) => done(reply.json())),
  };
}

/** Publishes. Core NATS confirms nothing by itself: what one tick published is confirmed by one flush, a PING and its PONG. */
export async function sender({ address }: EndOptions): Promise<End> {
  const connection = await connect({ servers: address });
  let gathered: (() => void)[] = [];
  const flush = () => {
    const batch = gathered;
    gathered = [];
    void connection.flush().then(() => {
      for (const done of batch) done();
    });
  };
  return {
    ask: (value, done) => {
      if (gathered.length === 0) process.nextTick(flush);
      gathered.push(() => done());
      connection.publish("told", JSON.stringify(value));
    },
  };
}

/** So many subscribers of the same subject, each with a connection of its own. */
export async function receivers({ address, count }: EndOptions): Promise<End> {
  const counter = new Counter();
  const connections: NatsConnection[] = [];
  for (let each = 0; each < count; each += 1) {
    const connection = await connect({ servers: address });
    connection.subscribe("told", { callback: (_, message) => counter.add(message.json()) });
    connections.push(connection);
  }
  await Promise.all(connections.map((connection) => connection.flush()));
  return { received: counter.received };
}
