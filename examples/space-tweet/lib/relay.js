// How a service takes part in the bus. Its sidecar is its only neighbour: it delivers messages as
// `POST /run/<message>`, and takes messages as `POST /v1/send/<message>` and `POST /v1/request/<message>`.
import { answer, HttpError, readJson, serve } from "./http.js";

// A payload has 1 MiB at most; the fields around it are small.
const maxMessageBytes = 2 * 1024 * 1024;

/**
 * Receives messages. `handlers` has a function for each message that service.yml lists under `receives`. It gets the
 * payload (and the whole message) and returns the reply as `{name, payload}`, or nothing.
 */
export async function receiveMessages(handlers) {
  await serve("EXORELAY_PORT", async (request, response) => {
    const name = messageName(request);
    // Any 4xx tells the sidecar that it makes no sense to try again.
    if (!Object.hasOwn(handlers, name)) throw new HttpError(404, `This service does not know the message '${name}'`);
    const message = await readJson(request, maxMessageBytes);
    const reply = await handlers[name](message?.payload, message);
    answer(response, 200, reply ? { reply } : {});
  });
}

/** The name of the message is the last part of `/run/users.create`, percent-encoded. */
function messageName(request) {
  const name = request.url.startsWith("/run/") ? request.url.slice("/run/".length) : "";
  if (request.method !== "POST" || name === "") throw new HttpError(404, "Messages come as POST /run/<message>");
  try {
    return decodeURIComponent(name);
  } catch {
    throw new HttpError(400, "The name of the message is not properly encoded");
  }
}

/**
 * Sends a message and waits for its reply: `{reply}`, the message that answered. Where there is none it is
 * `{problem}` instead, which says why: nobody receives it, no answer in time …
 */
export async function request(name, payload) {
  const { EXOCOM_HOST, EXOCOM_PORT } = process.env;
  try {
    const response = await fetch(`http://${EXOCOM_HOST}:${EXOCOM_PORT}/v1/request/${encodeURIComponent(name)}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(payload),
    });
    return response.ok ? { reply: await response.json() } : { problem: await problemOf(response) };
  } catch (error) {
    console.error(`No answer from the sidecar: ${error.cause?.message ?? error.message}`);
    return { problem: { type: "about:blank", status: 503, detail: "The message bus cannot be reached" } };
  }
}

/** Sends messages `{name, payload, auth}` in one call: a line of JSON each. True once the bus has been told of all of them. */
export async function sendAll(messages) {
  const { EXOCOM_HOST, EXOCOM_PORT } = process.env;
  try {
    const response = await fetch(`http://${EXOCOM_HOST}:${EXOCOM_PORT}/v1/send`, {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson" },
      body: messages.map((message) => `${JSON.stringify(message)}\n`).join(""),
    });
    const lines = (await response.text()).split("\n").filter((line) => line !== "");
    for (const { detail } of lines.map((line) => JSON.parse(line))) if (detail) console.error(detail);
    return response.ok;
  } catch (error) {
    console.error(`No answer from the sidecar: ${error.cause?.message ?? error.message}`);
    return false;
  }
}

async function problemOf(response) {
  const text = await response.text();
  try {
    return { ...JSON.parse(text), status: response.status };
  } catch {
    return { type: "about:blank", status: response.status, detail: "The message bus refused the message" };
  }
}
