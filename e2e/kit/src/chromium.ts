import { existsSync } from "node:fs";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** Whether there is a browser on this machine. */
export const hasChromium = executablePath !== undefined;

/** How tests launch it. It must not look anything up outside of this machine. */
export const chromiumOptions = {
  ...(executablePath && { executablePath }),
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};
