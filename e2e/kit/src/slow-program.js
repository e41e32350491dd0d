// An app that a sidecar starts and that takes its time: it answers everything after 50 ms, says on its output what it was
// given, and on SIGTERM finishes what it has.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    const { id, name, payload } = JSON.parse(body);
    console.log(`seen ${id}`);
    const answer = name === "get" ? { reply: { name: "got", payload } } : {};
    setTimeout(() => response.end(JSON.stringify(answer)), 50);
  });
}).listen(Number(process.env.EXORELAY_PORT), "127.0.0.1", () => console.log(`app online ${process.pid}`));

process.on("SIGTERM", () => server.close(() => process.exit(0)));
