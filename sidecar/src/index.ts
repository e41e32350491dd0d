export { type RunningSidecar, startSidecar, version } from "./app.ts";
export { type SidecarConfig, sidecarSettings } from "./config.ts";
