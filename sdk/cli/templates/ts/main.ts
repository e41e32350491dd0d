import { start } from "./greeter.ts";

await start().ready();
console.log("greeter online");
