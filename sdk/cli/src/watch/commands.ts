export { tapCommand } from "./tap-command.ts";
export { topCommand } from "./top-command.ts";
export { traceCommand } from "./trace-command.ts";
