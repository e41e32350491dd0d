// Tells browsers what is written. It subscribes to `tweets.created`, the reply of the tweets service, like anyone may; and
// it addresses its messages by `auth`, which the gateway set: that is how one finds its way to one browser.
import { HttpError } from "../lib/http.js";
import { receiveMessages, sendAll } from "../lib/relay.js";
import { Followers } from "./followers.js";

const followers = new Followers();

/** All devices of a user who has signed in, else the one browser. */
function addressOf({ user, sessionId }) {
  return user ? { user } : { sessionId };
}

await receiveMessages({
  "timeline.follow": (_payload, { auth }) => {
    if (!auth?.sessionId) {
      return { name: "timeline.not-following", payload: { error: "Only clients of the gateway can follow" } };
    }
    followers.add(JSON.stringify(addressOf(auth)));
    return { name: "timeline.following", payload: { followers: followers.all().length } };
  },

  "tweets.created": async (tweet) => {
    const told = followers.all().map((auth) => ({ name: "timeline.tweeted", payload: tweet, auth: JSON.parse(auth) }));
    // 503: this service has not taken the message, and gets it again.
    if (told.length > 0 && !(await sendAll(told))) throw new HttpError(503, "The bus cannot be reached");
  },
});

console.log("timeline online");
