// Runs the demo application with a dashboard, for those who work on it: node services/analytics/test/demo.ts [requests a second]
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BrokerProcess } from "@exosphere/testkit";
import { DashboardProcess } from "./kit/dashboard-process.ts";
import { DemoApplication, demoRoutes } from "./kit/demo-application.ts";

const broker = await BrokerProcess.start({ routes: demoRoutes });
const dataDir = mkdtempSync(join(tmpdir(), "exo-demo-"));
const dashboard = await DashboardProcess.start([`--broker=127.0.0.1:${broker.port}`, `--data-dir=${dataDir}`]);
const application = await DemoApplication.start(broker.port);
application.load(Number(process.argv[2] ?? 40));
const joining = setInterval(() => void application.joins("Grace").catch(() => {}), 5_000);
console.log(`dashboard at http://127.0.0.1:${dashboard.port}`);
process.once("SIGINT", async () => {
  clearInterval(joining);
  await application.stop();
  await Promise.all([dashboard.stop(), broker.stop()]);
});
