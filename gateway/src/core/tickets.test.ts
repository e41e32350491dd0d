import assert from "node:assert/strict";
import { Tickets } from "./tickets.ts";

describe("Tickets", () => {
  const start = () => {
    let count = 0;
    return new Tickets(() => `ticket ${count++}`);
  };

  it("are good once, and not for long", () => {
    const tickets = start();
    const [first, second] = [tickets.issue("token", "ada", 0), tickets.issue("token", "ada", 0)];
    assert.equal(tickets.redeem(first, 29_999), "token");
    assert.equal(tickets.redeem(first, 29_999), undefined);
    assert.equal(tickets.redeem(second, 30_000), undefined);
  });

  it("of others stay good when one client takes more than there may be", () => {
    const tickets = start();
    const ticket = tickets.issue("token of ada", "ada", 0);
    const flood = Array.from({ length: 10_100 }, () => tickets.issue("token", "flooding", 0));
    assert.equal(tickets.redeem(flood[0] ?? "", 0), undefined);
    assert.equal(tickets.redeem(flood.at(-1) ?? "", 0), "token");
    assert.equal(tickets.redeem(ticket, 0), "token of ada");
  });
});
