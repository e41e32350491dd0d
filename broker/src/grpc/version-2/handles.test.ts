import assert from "node:assert/strict";
import { Handles } from "./handles.ts";

const key = 2 ** 40;

describe("Handles", () => {
  it("are the numbers of instances of version 2 themselves", () => {
    const handles = new Handles(4711);
    const own = handles.next();
    assert.deepEqual([own, handles.of(own), handles.requesterOf(own)], [4712, own, own]);
    assert.deepEqual([handles.of(0), handles.requesterOf(0)], [0, 0]);
  });

  it("stand for requesters of version 3, each for one, for as long as it is known", () => {
    const handles = new Handles(1);
    const [first, second] = [handles.of(key), handles.of(key + 1)];
    assert.notEqual(first, second);
    assert.equal(handles.of(key), first);
    assert.deepEqual([handles.requesterOf(first), handles.requesterOf(second)], [key, key + 1]);
    assert.ok(![first, second].includes(handles.next()));
  });

  it("begin anew behind the last of 32 bits, and pass over those that are taken", () => {
    const handles = new Handles(0xffff_ffff - 1);
    assert.equal(handles.of(key), 0xffff_ffff);
    assert.equal(handles.of(key + 1), 1);
    assert.equal(new Handles(0xffff_ffff).next(), 1);
  });

  it("forget the requester that they have known longest, beyond 65,536 of them", () => {
    const handles = new Handles(0);
    const first = handles.of(key);
    for (let count = 1; count <= 65_536; count += 1) handles.of(key + count);
    assert.equal(handles.requesterOf(first), first);
    assert.equal(handles.requesterOf(handles.of(key + 1)), key + 1);
  });
});
