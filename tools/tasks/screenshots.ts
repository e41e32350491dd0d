// Takes the pictures of the dashboard in docs/images anew: `npm run screenshots [-- MINUTES]`. The longer the application runs
// before, the more of its history is on them.
import { installed, run } from "../house.ts";

const [minutes = "10"] = process.argv.slice(2);
process.env.EXO_SCREENSHOTS = "docs/images";
process.env.EXO_SCREENSHOTS_MINUTES = minutes;
run(installed("mocha/bin/mocha.js"), [
  "--grep",
  "shows map, activity and heatmap",
  "services/analytics/test/page.test.ts",
]);
