// An app with the SDK whose handler never ends.
import { service } from "@exosphere/sdk";

const playing = service(process.env.ROLE ?? "", { "users.hang": () => new Promise<void>(() => {}) }, { graceMs: 200 });
await playing.ready();
console.log(`users online ${process.pid}`);
