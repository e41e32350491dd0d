// What a browser loads: the page, the client of the bus, and where the gateway is.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

const pageFiles = [
  { path: "/", file: "index.html", type: "text/html; charset=utf-8" },
  { path: "/page.js", file: "page.js", type: "text/javascript; charset=utf-8" },
  { path: "/page.css", file: "page.css", type: "text/css; charset=utf-8" },
];

/** All files by their path, `{type, text, etag}`: a handful, so that they are kept in memory. */
export async function openSite(environment) {
  const site = new Map();
  for (const { path, file, type } of pageFiles) {
    site.set(path, { type, text: await readFile(new URL(`page/${file}`, import.meta.url), "utf8") });
  }
  const gateway = environment.EXO_GATEWAY_URL;
  const socket = gateway ? new URL("/v1/socket", gateway.replace(/^http/, "ws")).href : null;
  site.set("/config.json", { type: "application/json", text: JSON.stringify({ socket }) });
  site.set("/client.js", { type: "text/javascript; charset=utf-8", text: await clientModule() });
  for (const file of site.values()) {
    // A browser that has it asks whether it has changed, and is spared the rest.
    file.etag = `"${createHash("sha256").update(file.text).digest("base64url")}"`;
  }
  return site;
}

/** The built client. In a tree where nothing was built yet the page says what to do. */
async function clientModule() {
  try {
    return await readFile(new URL(import.meta.resolve("@exosphere/client/client.js")), "utf8");
  } catch (error) {
    console.error(`The client of the bus is not built: run 'npm run build'. (${error.code})`);
    return "throw new Error(\"The client of the bus is not built: run 'npm run build'.\");";
  }
}
