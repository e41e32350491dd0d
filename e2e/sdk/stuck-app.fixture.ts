// An app with the SDK whose handler never ends, and says on its output that it has begun.
import { service } from "@exosphere/sdk";

const hang = () => {
  console.log("at work");
  return new Promise<void>(() => {});
};
const playing = service(process.env.ROLE ?? "", { "users.hang": hang }, { graceMs: 200 });
await playing.ready();
console.log(`users online ${process.pid}`);
