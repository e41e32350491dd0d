// Keeps the people. This is a whole service: it opens its records, and answers messages with messages.
import { isBlank } from "../lib/is-blank.js";
import { openRecords } from "../lib/records.js";
import { receiveMessages } from "../lib/relay.js";

const users = await openRecords("users", new URL(".data", import.meta.url));

await receiveMessages({
  "users.create": async (fields) => {
    if (isBlank(fields?.name)) return { name: "users.not-created", payload: { error: "Name cannot be blank" } };
    return { name: "users.created", payload: await users.create(fields) };
  },

  "users.list": () => {
    const all = users.all();
    return { name: "users.listed", payload: { count: all.length, users: all } };
  },

  "user.get-details": (query) => {
    const user = users.get(query?.id);
    return user ? { name: "user.details", payload: user } : { name: "user.not-found", payload: query };
  },
});

console.log("users online");
