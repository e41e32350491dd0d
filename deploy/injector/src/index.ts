export { type RunningInjector, startInjector } from "./app.ts";
export { type InjectorConfig, injectorSettings } from "./config.ts";
