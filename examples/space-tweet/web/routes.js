// What people can ask for, and the message that answers it. `name` is sent with what `payload` makes of the path, the
// query and the body.
export const routes = [
  { method: "POST", path: /^\/users$/, name: "users.create", payload: ({ body }) => body },
  { method: "GET", path: /^\/users$/, name: "users.list", payload: () => ({}) },
  { method: "GET", path: /^\/users\/([^/]+)$/, name: "user.get-details", payload: ({ id }) => ({ id }) },
  { method: "POST", path: /^\/tweets$/, name: "tweets.create", payload: ({ body }) => body },
  { method: "GET", path: /^\/tweets$/, name: "tweets.list", payload: ({ query }) => ownerOf(query) },
  { method: "GET", path: /^\/tweets\/([^/]+)$/, name: "tweet.get-details", payload: ({ id }) => ({ id }) },
];

/** The status of the answer for each message that replies. */
export const statusOf = {
  "users.created": 201,
  "users.not-created": 400,
  "users.listed": 200,
  "user.details": 200,
  "user.not-found": 404,
  "tweets.created": 201,
  "tweets.not-created": 400,
  "tweets.listed": 200,
  "tweet.details": 200,
  "tweet.not-found": 404,
};

function ownerOf(query) {
  return query.has("owner_id") ? { owner_id: query.get("owner_id") } : {};
}
