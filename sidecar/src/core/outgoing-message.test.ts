import assert from "node:assert/strict";
import { type Draft, Refusal } from "@exosphere/message";
import { incomingWith, pathTo } from "./incoming.fixture.ts";
import { MessageCompleter } from "./outgoing-message.ts";
import { ReceivedMessages } from "./received.ts";

const payload = Buffer.from('{"a":1}');

/** A completer whose fresh ids are fresh1, fresh2, … */
function completerFor(received = new ReceivedMessages()): MessageCompleter {
  let ids = 0;
  return new MessageCompleter(received, () => `fresh${++ids}`);
}

function draft(fields: Partial<Draft> = {}): Draft {
  return { name: "users.created", payload, ...fields };
}

const authOf = (message: { readonly auth: Uint8Array }) => Buffer.from(message.auth).toString();

describe("a message that an app sends", () => {
  it("gets an id and an activity of its own, and is no reply", () => {
    const message = completerFor().complete(draft());
    assert.deepEqual([message.id, message.activityId], ["fresh1", "fresh2"]);
    assert.deepEqual([message.responseTo, message.returnPath], ["", undefined]);
    assert.deepEqual(
      [message.name, message.payload, message.auth.length, message.deadlineMs],
      ["users.created", payload, 0, 0],
    );
  });

  it("keeps what the app gave it", () => {
    const given = {
      id: "m9",
      activityId: "a9",
      auth: Buffer.from("7"),
      traceparent: "00-1-2-01",
      tracestate: "x=y",
      deadlineMs: 1500,
    };
    const message = completerFor().complete(draft(given));
    assert.deepEqual({ ...message }, { ...message, ...given });
  });

  it("takes empty ids for absent", () => {
    const message = completerFor().complete(draft({ id: "", activityId: "", responseTo: "" }));
    assert.deepEqual([message.id, message.activityId, message.responseTo], ["fresh1", "fresh2", ""]);
  });

  it("is refused with an id that is none", () => {
    const long = "x".repeat(256);
    for (const [field, header] of [
      ["id", "exo-message-id"],
      ["activityId", "exo-activity-id"],
      ["responseTo", "exo-response-to"],
    ] as const) {
      for (const run of [
        () => completerFor().complete(draft({ [field]: long })),
        () => completerFor().completeRequest(draft({ [field]: long }), 1000),
      ]) {
        assert.throws(run, (error) => error instanceof Refusal && error.message.startsWith(header));
      }
    }
  });
});

describe("a reply", () => {
  const received = new ReceivedMessages();
  received.add(incomingWith({ id: "m1", activityId: "a1", auth: '{"user":7}', returnPath: pathTo(3) }));

  it("by id joins the activity, takes the way back, and carries the auth of what it replies to", () => {
    const message = completerFor(received).complete(draft({ responseTo: "m1" }));
    assert.deepEqual([message.activityId, message.responseTo, message.returnPath], ["a1", "m1", pathTo(3)]);
    assert.equal(message.isReplyGuessed, false);
    assert.equal(authOf(message), '{"user":7}');
  });

  it("carries its own auth where the app gave it one", () => {
    const message = completerFor(received).complete(draft({ responseTo: "m1", auth: Buffer.from('{"user":8}') }));
    assert.equal(authOf(message), '{"user":8}');
  });

  it("stays in the activity that the app named", () => {
    const message = completerFor(received).complete(draft({ responseTo: "m1", activityId: "other" }));
    assert.equal(message.activityId, "other");
  });

  it("to something that this app never received keeps the id, and has no way back", () => {
    const message = completerFor(received).complete(draft({ responseTo: "unheard of" }));
    assert.deepEqual([message.responseTo, message.returnPath, message.auth.length], ["unheard of", undefined, 0]);
    assert.equal(message.activityId, "fresh2");
  });

  it("may be guessed from the activity alone", () => {
    const some = new ReceivedMessages();
    some.add(incomingWith({ id: "m1", activityId: "a1", auth: "7", returnPath: pathTo(3) }));
    const message = completerFor(some).complete(draft({ activityId: "a1" }));
    assert.deepEqual([message.responseTo, message.returnPath, message.isReplyGuessed], ["m1", pathTo(3), true]);
    assert.equal(authOf(message), "7");
  });

  it("in an answer belongs to the very delivery, whatever else has its id", () => {
    const some = new ReceivedMessages();
    const first = some.add(incomingWith({ id: "1", activityId: "a1", auth: "7", returnPath: pathTo(3) }));
    some.add(incomingWith({ id: "1", activityId: "a1", auth: "8", returnPath: pathTo(4) }));
    const message = completerFor(some).completeReply(draft(), first);
    assert.deepEqual([message.activityId, message.responseTo, message.returnPath], ["a1", "1", pathTo(3)]);
    assert.equal(message.isReplyGuessed, false);
    assert.equal(authOf(message), "7");
  });
});

describe("a request that an app sends", () => {
  it("has the default deadline unless the app gave one", () => {
    assert.equal(completerFor().completeRequest(draft(), 10_000).deadlineMs, 10_000);
    assert.equal(completerFor().completeRequest(draft({ deadlineMs: 500 }), 10_000).deadlineMs, 500);
  });

  it("is no reply to the request in whose activity it stands", () => {
    const received = new ReceivedMessages();
    received.add(incomingWith({ id: "m1", activityId: "a1", auth: "7", returnPath: pathTo(3) }));
    const message = completerFor(received).completeRequest(draft({ activityId: "a1" }), 1000);
    assert.deepEqual([message.responseTo, message.returnPath, message.auth.length], ["", undefined, 0]);
    assert.equal(completerFor(received).complete(draft({ activityId: "a1" })).responseTo, "m1");
  });

  it("names the delivery whose handler sends it, as long as that is being handled", () => {
    const received = new ReceivedMessages();
    const handled = received.add(incomingWith({ activityId: "a1", number: 7 }));
    const completer = completerFor(received);
    assert.equal(completer.completeRequest(draft({ activityId: "a1" }), 1000).handling?.number, 7);
    assert.equal(completer.completeRequest(draft(), 1000).handling, undefined);
    received.handled(handled);
    assert.equal(completer.completeRequest(draft({ activityId: "a1" }), 1000).handling, undefined);
  });

  it("is a reply too if the app says so: it takes the way back and carries the auth", () => {
    const received = new ReceivedMessages();
    received.add(incomingWith({ id: "m1", activityId: "a1", auth: "7", returnPath: pathTo(3) }));
    const message = completerFor(received).completeRequest(draft({ responseTo: "m1" }), 1000);
    assert.deepEqual([message.activityId, message.responseTo, message.returnPath], ["a1", "m1", pathTo(3)]);
    assert.equal(authOf(message), "7");
  });
});

describe("the trace of a message that an app sends", () => {
  const traced = { payload: new Uint8Array(), auth: new Uint8Array(), traceparent: "00-1-2-01", tracestate: "x=y" };
  const traceOf = ({ traceparent, tracestate }: { traceparent: string; tracestate: string }) => [
    traceparent,
    tracestate,
  ];

  it("is the one that the app says, whatever it was given", () => {
    const received = new ReceivedMessages();
    received.add(incomingWith({ activityId: "a", envelope: traced }));
    const message = completerFor(received).complete(draft({ activityId: "a", traceparent: "00-3-4-01" }));
    assert.deepEqual(traceOf(message), ["00-3-4-01", ""]);
  });

  it("is that of what it was given last in the activity, also when that is long settled", () => {
    const received = new ReceivedMessages();
    received.add(incomingWith({ id: "m0", activityId: "a", envelope: { ...traced, traceparent: "00-0-0-01" } }));
    received.handled(received.add(incomingWith({ activityId: "a", envelope: traced })));
    const completer = completerFor(received);
    assert.deepEqual(traceOf(completer.complete(draft({ activityId: "a" }))), ["00-1-2-01", "x=y"]);
    assert.deepEqual(traceOf(completer.completeRequest(draft({ activityId: "a" }), 1000)), ["00-1-2-01", "x=y"]);
    assert.deepEqual(traceOf(completer.complete(draft({ activityId: "another" }))), ["", ""]);
  });

  it("is that of what it replies to", () => {
    const received = new ReceivedMessages();
    received.add(incomingWith({ id: "m7", activityId: "a", envelope: traced }));
    received.add(incomingWith({ id: "m8", activityId: "b", envelope: { ...traced, traceparent: "00-8-8-01" } }));
    assert.deepEqual(traceOf(completerFor(received).complete(draft({ responseTo: "m7" }))), ["00-1-2-01", "x=y"]);
  });
});
