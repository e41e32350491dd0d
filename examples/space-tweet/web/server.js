// Serves people: turns their HTTP requests into messages, and the replies into answers.
import { answer, HttpError, readJson, serve } from "../lib/http.js";
import { receiveMessages, request as requestMessage } from "../lib/relay.js";
import { routes, statusOf } from "./routes.js";
import { openTokens } from "./sign-in.js";
import { openSite } from "./site.js";

// 64 KiB: a name or a tweet is far shorter.
const maxBodyBytes = 64 * 1024;

const site = await openSite(process.env);
const tokenOf = await openTokens(process.env);

async function handle(request, response) {
  const [path, search] = request.url.split("?", 2);
  if (request.method === "GET" && site.has(path)) return answerFile(request, response, site.get(path));
  if (path === "/sign-in" && request.method === "POST") return signIn(request, response);

  const { route, id } = findRoute(request.method, path);
  const body = request.method === "POST" ? await readJson(request, maxBodyBytes) : undefined;
  const { reply, problem } = await requestMessage(
    route.name,
    route.payload({ id, query: new URLSearchParams(search), body }),
  );

  if (problem) return answer(response, problem.status, problem, "application/problem+json");
  const status = statusOf[reply.name];
  if (!status) throw new HttpError(502, `No answer to '${route.name}' was expected to be '${reply.name}'`);
  answer(response, status, reply.payload);
}

/** Finds the user of a name, or makes one. */
async function signIn(request, response) {
  const { name } = (await readJson(request, maxBodyBytes)) ?? {};
  const listed = await requestMessage("users.list", {});
  const known = listed.reply?.payload.users.find((user) => user.name === name);
  const { reply, problem } = known
    ? { reply: { name: "user.details", payload: known } }
    : await requestMessage("users.create", { name });
  if (problem) return answer(response, problem.status, problem, "application/problem+json");
  const { payload: user } = reply;
  if (statusOf[reply.name] >= 400) return answer(response, statusOf[reply.name], user);
  answer(response, 200, { user, token: tokenOf?.(user) ?? null });
}

function answerFile(request, response, { type, text, etag }) {
  // Scripts and styles of its own, and whatever gateway it is told: nothing that somebody wrote can run here.
  response.setHeader(
    "Content-Security-Policy",
    "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'",
  );
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("ETag", etag);
  response.setHeader("Cache-Control", "no-cache");
  if (request.headers["if-none-match"] === etag) return response.writeHead(304).end();
  answer(response, 200, text, type);
}

function findRoute(method, path) {
  const ofPath = routes.filter((route) => route.path.test(path));
  if (ofPath.length === 0) throw new HttpError(404, "There is nothing here; see /");
  const route = ofPath.find((candidate) => candidate.method === method);
  if (!route) throw new HttpError(405, `Try ${ofPath.map((candidate) => candidate.method).join(" or ")}`);
  return { route, id: decode(route.path.exec(path)[1] ?? "") };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpError(400, "The id is not properly encoded");
  }
}

// A reply to a request that was given up meanwhile comes as an ordinary message. There is nothing left to do about it.
const ignore = () => undefined;
await receiveMessages(Object.fromEntries(Object.keys(statusOf).map((name) => [name, ignore])));
// In a container, people come from outside of it: HOST says so.
await serve("PORT", handle, process.env.HOST);

console.log(`web online at http://127.0.0.1:${process.env.PORT}`);
