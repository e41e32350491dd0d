// Answers `greet` with `greeted`: a whole service on Node's standard library. Node 20 or newer.
import { createServer } from "node:http";

// What this service receives: from payload to reply, or undefined for a payload that makes no sense.
const handlers = {
  "/run/greet": (payload) =>
    typeof payload?.name === "string"
      ? { name: "greeted", payload: { text: `Hello, ${payload.name}!`, language: "node" } }
      : undefined,
};

async function handle(request) {
  if (request.method !== "POST" || !Object.hasOwn(handlers, request.url)) return [404, { error: "unknown message" }];
  const { payload } = JSON.parse(Buffer.concat(await request.toArray()));
  const reply = handlers[request.url](payload);
  return reply ? [200, { reply }] : [400, { error: 'the payload has to be like {"name": "Ada"}' }];
}

const server = createServer(async (request, response) => {
  // Whatever else goes wrong is our fault: 500 tells the sidecar that we failed.
  const [status, answer] = await handle(request).catch((error) => [500, { error: error.message }]);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(answer));
});

// Finishes what it has begun; then nothing is left that keeps the process alive.
process.once("SIGTERM", () => server.close());
server.listen(process.env.EXORELAY_PORT, "127.0.0.1", () => console.log("greeter online"));
