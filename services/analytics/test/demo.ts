// Runs the demo application with a dashboard, for those who work on it: node services/analytics/test/demo.ts [requests a second]
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DemoApplication, demoRoutes } from "./kit/demo-application.ts";
import { HouseProcess } from "./kit/house-process.ts";

const broker = await HouseProcess.broker(demoRoutes);
const dataDir = mkdtempSync(join(tmpdir(), "exo-demo-"));
const dashboard = await HouseProcess.analytics([`--broker=127.0.0.1:${broker.port}`, `--data-dir=${dataDir}`]);
const application = await DemoApplication.start(broker.port);
application.load(Number(process.argv[2] ?? 40));
const joining = setInterval(() => void application.joins("Grace").catch(() => {}), 5_000);
console.log(`dashboard at http://127.0.0.1:${dashboard.port}`);
process.once("SIGINT", async () => {
  clearInterval(joining);
  await application.stop();
  await Promise.all([dashboard.stop(), broker.stop()]);
});
