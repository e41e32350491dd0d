// What node:http leaves to each server: reading a bounded body, answering JSON, and leaving without losing a request.
import { createServer } from "node:http";

let isDraining = false;

/** A request that cannot be served, and the status that says why. */
export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Serves each request by `handle(request, response)` on the port that a variable names; resolves when it is open. */
export function serve(variable, handle, host = "127.0.0.1") {
  const port = process.env[variable];
  if (!port) throw new Error(`The variable ${variable} has to say on which port to listen`);
  const server = createServer(async (request, response) => {
    try {
      await handle(request, response);
    } catch (error) {
      // Only the text of an error that was meant for the caller leaves the process.
      if (!(error instanceof HttpError)) console.error(error);
      const status = error.status ?? 500;
      answerProblem(response, status, error instanceof HttpError ? error.message : "Something went wrong inside");
    }
  });
  process.once("SIGTERM", () => drain(server));
  process.once("SIGINT", () => drain(server));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
}

/** The JSON body of a request, or undefined if it has none. Bodies over the limit are read past, not kept. */
export function readJson(request, maxBytes) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let bytes = 0;
    request.on("data", (chunk) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return chunks.push(chunk);
      chunks.length = 0;
      reject(new HttpError(413, `The body may have ${maxBytes} bytes at most`));
    });
    request.on("error", () => reject(new HttpError(400, "The body ended early")));
    request.on("end", () => {
      try {
        resolve(bytes === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString()));
      } catch {
        reject(new HttpError(400, "The body is not JSON"));
      }
    });
  });
}

/** Answers with a value as JSON. */
export function answer(response, status, value, type = "application/json") {
  // A connection that stays open would keep a draining process from its end.
  if (isDraining) response.setHeader("Connection", "close");
  response.writeHead(status, { "Content-Type": type });
  response.end(typeof value === "string" ? value : JSON.stringify(value));
}

/** Answers with a problem: RFC 9457. */
export function answerProblem(response, status, detail) {
  answer(response, status, { type: "about:blank", status, detail }, "application/problem+json");
}

/** Takes no more connections and finishes what has begun; then nothing is left that keeps the process alive. */
function drain(server) {
  isDraining = true;
  server.close();
  server.closeIdleConnections();
}
