import assert from "node:assert/strict";
import { ConnectedClients } from "./connected-clients.ts";

describe("ConnectedClients", () => {
  const clientsOf = (...waiting: number[]) => {
    const clients = new ConnectedClients<{ waitingBytes: number }>();
    const all = waiting.map((waitingBytes) => ({ waitingBytes }));
    for (const each of all) clients.add(each);
    return { clients, all };
  };
  const isIdle = ({ waitingBytes }: { waitingBytes: number }) => waitingBytes === 0;
  const never = new AbortController().signal;

  it("say what waits for all of them", () => {
    assert.equal(clientsOf(1, 2).clients.waitingBytes, 3);
  });

  it("may leave while they are gone through", () => {
    const { clients } = clientsOf(1, 2, 3);
    for (const each of clients) clients.delete(each);
    assert.equal(clients.size, 0);
  });

  it("are waited for until it is so with each of those that are left", async () => {
    const { clients, all } = clientsOf(1, 1);
    let isOver = false;
    const over = clients.until(isIdle, never).then(() => {
      isOver = true;
    });
    Object.assign(all[0] as object, { waitingBytes: 0 });
    clients.progressed();
    await new Promise(setImmediate);
    assert.equal(isOver, false);
    clients.delete(all[1] as { waitingBytes: number });
    await over;
  });

  it("are waited for no longer than there is time", async () => {
    const { clients } = clientsOf(1);
    const deadline = new AbortController();
    const over = clients.until(isIdle, deadline.signal);
    deadline.abort();
    await over;
    await clients.until(isIdle, deadline.signal);
  });
});
