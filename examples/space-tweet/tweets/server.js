// Keeps what people write. It does not know the users service: `owner_id` is whatever the sender says.
// The other services speak plain HTTP with their sidecars; this one uses the SDK.
import { service } from "@exosphere/sdk";
import { isBlank } from "../lib/is-blank.js";
import { openRecords } from "../lib/records.js";

const tweets = await openRecords("tweets", new URL(".data", import.meta.url));

/** Whom the gateway vouches for. Of others, such as the web service, anything is believed. */
function writerOf(auth) {
  return auth?.user ? { owner_id: auth.user, author: auth.claims.name } : {};
}

const playing = service("tweets", {
  "tweets.create": async ({ payload: fields, auth }) => {
    if (isBlank(fields?.content)) return { name: "tweets.not-created", payload: { error: "Content cannot be blank" } };
    return { name: "tweets.created", payload: await tweets.create({ ...fields, ...writerOf(auth) }) };
  },

  "tweets.list": ({ payload: query }) => {
    const owner = query?.owner_id;
    const entries = tweets.all().filter((tweet) => owner === undefined || tweet.owner_id === owner);
    return { name: "tweets.listed", payload: { count: entries.length, entries } };
  },

  "tweet.get-details": ({ payload: query }) => {
    const tweet = tweets.get(query?.id);
    return tweet ? { name: "tweet.details", payload: tweet } : { name: "tweet.not-found", payload: query };
  },
});

await playing.ready();
console.log("tweets online");
