/** What a browser shows at `/`. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Space Tweet</title>
<h1>Space Tweet</h1>
<p>Three services over an Exosphere bus: this one asks <em>users</em> and <em>tweets</em> by messages.</p>
<ul>
  <li><code>GET <a href="/users">/users</a></code>: everybody
  <li><code>POST /users</code> <code>{"name": "Ada"}</code>: a new user
  <li><code>GET /users/&lt;id&gt;</code>: one user
  <li><code>GET <a href="/tweets">/tweets</a></code>, <code>GET /tweets?owner_id=&lt;id&gt;</code>: what was written
  <li><code>POST /tweets</code> <code>{"content": "Hello", "owner_id": "&lt;id&gt;"}</code>: a new tweet
  <li><code>GET /tweets/&lt;id&gt;</code>: one tweet
</ul>
`;
