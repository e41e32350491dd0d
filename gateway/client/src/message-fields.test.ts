import assert from "node:assert/strict";
import type { FieldsFrom, MembersTo } from "@exosphere/message";
import { fieldsFrom } from "@exosphere/message/fields";
import { messageMembers } from "./calls.ts";
import type { Message, SendOptions } from "./messages.ts";

// The client has no dependencies, and so a copy of these names: the compiler finds one that it lacks.
const options = {} as Required<SendOptions> satisfies Readonly<Record<FieldsFrom<"browser">, unknown>>;
const members = {} as Required<Message> satisfies Readonly<Record<MembersTo<"browser">, unknown>>;
void [options, members];

describe("The fields of a message in the browser client", () => {
  it("all stand in the frame of a message where its sender says them", () => {
    for (const { name, json, form } of fieldsFrom("browser")) {
      // The frame of each attempt has what is left of it.
      if (form.type === "duration") continue;
      const frame = JSON.parse(`{${messageMembers("say", 1, { [name]: 7 }, 1000)}}`);
      assert.equal(frame[json ?? ""], 7, name);
    }
  });
});
