import { connect, service } from "@exosphere/sdk";
import { Counter, type End, type EndOptions } from "./ends.ts";

/** More than any subject has in flight: what is measured is the mesh, not its limits. */
const concurrency = 4096;

/** Where the SDK attaches to: a sidecar's socket, or a broker. */
function placeOf(address: string): { readonly socket: string } | { readonly broker: string } {
  return address.startsWith("unix:") ? { socket: address.slice("unix:".length) } : { broker: address };
}

/** A service as anyone would write it: answers every `ping` with a `pong` of the same payload. */
export async function replier({ address }: EndOptions): Promise<End> {
  const options = { ...placeOf(address), concurrency, signals: false };
  await service("replier", { ping: ({ payload }) => ({ name: "pong", payload }) }, options).ready();
  return {};
}

/** Asks, and waits for the reply. */
export async function requester({ address }: EndOptions): Promise<End> {
  const client = connect({ role: "requester", ...placeOf(address) });
  await client.ready();
  return { ask: (value, done) => void client.request("ping", value).then(({ payload }) => done(payload)) };
}

/** Sends, and waits for the confirmation. */
export async function sender({ address }: EndOptions): Promise<End> {
  const client = connect({ role: "sender", ...placeOf(address) });
  await client.ready();
  return { ask: (value, done) => void client.send("told", value).then(() => done()) };
}

/** As many roles as are wanted, `receiver1` and on, each with a connection of its own. */
export async function receivers({ address, count }: EndOptions): Promise<End> {
  const counter = new Counter();
  const options = { ...placeOf(address), concurrency, signals: false };
  const handlers = { told: ({ payload }: { readonly payload: unknown }) => counter.add(payload) };
  const services = Array.from({ length: count }, (_, index) => service(`receiver${index + 1}`, handlers, options));
  await Promise.all(services.map((each) => each.ready()));
  return { received: counter.received };
}

/** Sends what nobody will take for an hour. */
export async function filler({ address }: EndOptions): Promise<End> {
  const client = connect({ role: "sender", ...placeOf(address) });
  await client.ready();
  return { ask: (value, done) => void client.send("told", value, { deadlineMs: 3_600_000 }).then(() => done()) };
}
