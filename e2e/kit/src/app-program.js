// An app that a sidecar starts. It answers `environment` with what it was told, and crashes, hangs or stays as it is asked to.
import { createServer } from "node:http";

const { EXOCOM_HOST, EXOCOM_PORT, ROLE, EXORELAY_PORT } = process.env;
const [behaviour] = process.argv.slice(2);
if (behaviour === "stubborn") process.on("SIGTERM", () => console.log("not yet"));

createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    const { payload } = JSON.parse(body);
    if (payload === "crash") process.exit(7);
    const told = { pid: process.pid, EXOCOM_HOST, EXOCOM_PORT, ROLE, EXORELAY_PORT };
    response.end(JSON.stringify({ reply: { name: "told", payload: told } }));
  });
}).listen(Number(EXORELAY_PORT), "127.0.0.1", () => console.log(`app online ${process.pid}`));
