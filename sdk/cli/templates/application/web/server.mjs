// Asks: `GET /?name=Ada` becomes the message `greeter.greet`, and its reply becomes the answer. Node 20 or newer.
import { createServer } from "node:http";

const { EXOCOM_HOST, EXOCOM_PORT, PORT } = process.env;

const server = createServer(async (request, response) => {
  const name = new URLSearchParams(request.url.split("?", 2)[1]).get("name") ?? "World";
  try {
    const reply = await fetch(`http://${EXOCOM_HOST}:${EXOCOM_PORT}/v1/request/greeter.greet`, {
      method: "POST",
      body: JSON.stringify({ name }),
    });
    // The reply as a message, or a problem (RFC 9457) that says why there is none.
    const { payload, detail } = await reply.json();
    const text = reply.ok ? payload.text : detail;
    response.writeHead(reply.status, { "content-type": "text/plain; charset=utf-8" });
    response.end(`${text}\n`);
  } catch {
    response.writeHead(503).end("The sidecar is away\n");
  }
});

process.once("SIGTERM", () => server.close());
server.listen(PORT, "127.0.0.1", () => console.log("web online"));
