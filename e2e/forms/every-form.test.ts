import assert from "node:assert/strict";
import { eventually } from "@exosphere/testkit";
import fc from "fast-check";
import { SdkMesh } from "../sdk/sdk-mesh.ts";
import { messagesOf, type Receiver, receivingRoles, startReceivers } from "./receiving.ts";
import { sendingForms } from "./sending.ts";

/** Names of all kinds, the same in every run: they have to be in the routes before anything is sent. */
const names = fc.sample(
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no name may have
    .filter((name) => Buffer.byteLength(name) <= 255 && !/[\u0000-\u001f\u007f-\u009f]/.test(name) && name !== "told"),
  { numRuns: 40, seed: 4 },
);
const publicNames = [...new Set(["a/b", "a%2Fb", "..", "__proto__", "constructor", "x".repeat(255), ...names])];

/** What a receiving role calls a message itself. */
const internal = (name: string) => Buffer.from(`own ${name}`).subarray(0, 200).toString("hex").slice(0, 250);

const receiving = {
  receives: ["told", ...publicNames.map(internal)],
  translations: publicNames.map((name) => ({ public: name, internal: internal(name) })),
};

const routes = {
  web: { sends: ["told", ...publicNames] },
  sdk: { sends: ["told"], receives: [] },
  handled: { sends: [], receives: ["told"] },
  ...Object.fromEntries(receivingRoles.map((role) => [role, receiving])),
};

/** White space of JSON, and nothing most of the time. */
const gap = fc.oneof({ weight: 3, arbitrary: fc.constant("") }, fc.constantFrom(" ", "\n", "\r\n", "\t", " \n "));

/** JSON text of any value, with white space between its tokens. */
const jsonText = fc.tuple(fc.jsonValue({ maxDepth: 3 }), gap, gap, fc.nat(3)).map(([value, before, after, indent]) => {
  const text = JSON.stringify(value, null, indent);
  return before + text + after;
});

/** JSON text without the white space between its tokens. */
const withoutSpace = (json: string) => json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");

describe("Messages in every form", function () {
  this.timeout(90_000);
  const mesh = new SdkMesh();
  let web: number;
  let receivers: Receiver[];
  /** What a service with the SDK was given. */
  const handled: { readonly payload: unknown; readonly activityId: string }[] = [];

  before(async () => {
    await mesh.startBroker({ routes });
    const sidecar = await mesh.startSidecar("web");
    await Promise.all([mesh.startSocketSidecar("sdk"), mesh.startSocketSidecar("handled")]);
    mesh.play("handled", { told: ({ payload, activityId }) => void handled.push({ payload, activityId }) });
    web = sidecar.port;
    receivers = await startReceivers(mesh);
  });
  beforeEach(() => {
    for (const receiver of receivers) receiver.reset();
  });
  after(() => mesh.stop());

  /** Waits until every receiver has so many messages. */
  const arrived = (count: number) =>
    eventually(`${count} messages everywhere`, () => receivers.every(({ texts }) => texts().length >= count), 60_000);

  it("sent a thousand at a time in one activity, arrive in order, whichever way they go in and out", async () => {
    const steps = Array.from({ length: 1000 }, (_, step) => step);
    const client = mesh.connect("sdk");
    await Promise.all([
      ...sendingForms.map(async ({ form, send }) => {
        const messages = steps.map((step) => ({ name: "told", payload: String(step), activityId: form }));
        assert.deepEqual(await send(web, "web", messages), [], form);
      }),
      Promise.all(steps.map((step) => client.send("told", step, { activityId: "SDK" }))),
    ]);
    await arrived(1000 * (sendingForms.length + 1));
    await eventually("all for the SDK", () => handled.length >= 1000 * (sendingForms.length + 1), 60_000);
    const all = receivers.map((receiver) => [receiver.form, messagesOf(receiver)] as const);
    for (const [form, messages] of [...all, ["SDK", handled] as const]) {
      for (const activity of [...sendingForms.map(({ form }) => form), "SDK"]) {
        const payloads = messages.filter(({ activityId }) => activityId === activity).map(({ payload }) => payload);
        assert.deepEqual(payloads, steps, `${activity} to ${form}`);
      }
    }
  });

  it("have any name, are translated by whole names, and keep their payload byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sendingForms),
        fc.constantFrom(...publicNames),
        jsonText,
        async ({ form, send }, name, payload) => {
          for (const receiver of receivers) receiver.reset();
          assert.deepEqual(await send(web, "web", [{ name, payload }]), [], form);
          await arrived(1);
          for (const receiver of receivers) {
            const [text = ""] = receiver.texts();
            assert.equal((JSON.parse(text) as { name: string }).name, internal(name));
            // Only the white space between tokens may change on its way through a form of lines.
            const isOfLines = form.includes("NDJSON") || receiver.form.includes("inbox");
            const shape = isOfLines ? withoutSpace : (json: string) => json;
            // As a member of an object, it has none around it.
            const written = form === "POST /v1/send/<name>" ? payload : payload.trim();
            assert.ok(shape(text).includes(`"payload":${shape(written)}`), `${form} to ${receiver.form}: ${text}`);
            assert.deepEqual((JSON.parse(text) as { payload: unknown }).payload, JSON.parse(payload));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are refused under any other name", async () => {
    const known = new Set(["told", ...publicNames]);
    const name = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 40 }).filter((text) => !known.has(text));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...sendingForms), name, async ({ form, send }, other) => {
        assert.equal((await send(web, "web", [{ name: other, payload: "1" }])).length, 1, form);
      }),
      { numRuns: 40 },
    );
    for (const receiver of receivers) assert.deepEqual(receiver.texts(), []);
  });
});
