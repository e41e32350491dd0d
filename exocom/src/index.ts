export { type RunningExocom, startExocom, version } from "./app.ts";
export { type ExocomConfig, exocomSettings } from "./config.ts";
