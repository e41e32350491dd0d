// Signs people in by a name, posts, and shows what others write as they write it.
import { connect } from "./client.js";

// So many tweets are shown: more than anyone scrolls through.
const shownTweets = 200;
// The timeline forgets those who were silent for ten minutes.
const followEveryMs = 4 * 60_000;

const byId = (id) => document.getElementById(id);
const feed = byId("feed");
const known = new Set();
let me = JSON.parse(sessionStorage.getItem("me") ?? "null");

const { socket } = await (await fetch("/config.json")).json();
if (!socket) {
  showStatus("closed", "no gateway");
  showProblem("This page needs the gateway: start the application with 'npm start' or 'exo run'.");
} else {
  const token = async () => me && (await signIn(me.name)).token;
  start(connect({ url: socket, token, names: ["timeline.tweeted"], storage: sessionStorage }), token);
}

function start(bus, token) {
  bus.on("timeline.tweeted", ({ payload }) => show(payload));
  let isNew = true;
  bus.onStatus((status) => {
    showStatus(status.kind, textOf(status));
    // With each connection, even if the session was recovered: these messages are best effort, and what was on its way to a
    // gateway at the moment when that died is gone.
    if (status.kind === "online" && isNew) void attempt(() => catchUp(bus));
    isNew = status.kind !== "online";
  });
  setInterval(() => bus.status.kind === "online" && void attempt(() => bus.request("timeline.follow")), followEveryMs);

  onSubmit("sign-in", async ({ name }) => {
    me = (await signIn(name.trim())).user;
    await bus.refresh(token);
    // As this user from now on, on whatever device.
    await bus.request("timeline.follow");
    sessionStorage.setItem("me", JSON.stringify(me));
    showMe();
  });
  onSubmit("write", async ({ content }) => {
    const reply = await bus.request("tweets.create", { content });
    if (reply.name !== "tweets.created") throw new Error(reply.payload.error);
    show(reply.payload);
    byId("write").reset();
    showLeft();
  });
  byId("content").addEventListener("input", showLeft);
  showMe();
}

/** First follow, then list: what is written in between comes by both ways, and is shown once. */
async function catchUp(bus) {
  await bus.request("timeline.follow");
  const { payload } = await bus.request("tweets.list", {});
  for (const tweet of payload.entries.slice(-shownTweets)) show(tweet);
  byId("empty").hidden = known.size > 0;
}

/** The user of a name, and a token that says so to the gateway. */
async function signIn(name) {
  const response = await fetch("/sign-in", { method: "POST", body: JSON.stringify({ name }) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? answer.detail);
  return answer;
}

function show(tweet) {
  if (known.has(tweet.id)) return;
  known.add(tweet.id);
  byId("empty").hidden = true;
  const author = document.createElement("strong");
  author.textContent = tweet.author ?? "somebody";
  const content = document.createElement("p");
  content.textContent = tweet.content;
  const item = document.createElement("li");
  item.append(author, content);
  feed.prepend(item);
  if (feed.children.length > shownTweets) feed.lastElementChild.remove();
}

function showMe() {
  byId("sign-in").hidden = me !== null;
  byId("write").hidden = me === null;
  byId("me").textContent = me?.name ?? "";
  byId(me ? "content" : "name").focus();
}

function showLeft() {
  const { value, maxLength } = byId("content");
  byId("left").textContent = String(maxLength - value.length);
}

function showStatus(kind, text) {
  byId("status").dataset.kind = kind;
  byId("status").textContent = text;
}

function showProblem(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = text === "";
}

function textOf(status) {
  if (status.kind === "online") return "live";
  if (status.kind === "closed") return status.error?.message ?? "closed";
  return status.kind === "offline" ? "offline, trying again …" : "connecting …";
}

function onSubmit(id, submit) {
  const form = byId(id);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    await attempt(() => submit(Object.fromEntries(new FormData(form))));
    button.disabled = false;
  });
}

async function attempt(action) {
  try {
    await action();
    showProblem("");
  } catch (error) {
    showProblem(error.message);
  }
}
