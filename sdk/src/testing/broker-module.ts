import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The broker's core, for a bus in memory. Throws an error that says what to install if it is not there. */
export function embeddedModule(): typeof import("@exosphere/broker/embedded") {
  return loaded(() => require("@exosphere/broker/embedded") as typeof import("@exosphere/broker/embedded"));
}

/** What reads the files of an application. Loaded only where there are some. Throws as above. */
export function routesModule(): typeof import("@exosphere/broker/read-routes") {
  return loaded(() => require("@exosphere/broker/read-routes") as typeof import("@exosphere/broker/read-routes"));
}

/** Loads a module of the broker, which only tests need, so that a service that runs does not have to have it. */
export function loaded<Module>(load: () => Module): Module {
  try {
    return load();
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    if (!/MODULE_NOT_FOUND$/.test(code) || !message.includes("@exosphere/broker")) throw cause;
    throw new Error(
      "@exosphere/sdk/testing runs the broker's core, which is not installed. Run: npm install --save-dev @exosphere/broker",
      { cause },
    );
  }
}
