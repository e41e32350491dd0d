// Loaded before a broker or a sidecar (`node --import`): cuts the counting out of the program as it is loaded, so that what it
// costs can be measured. The program itself has no switch for it.
import { registerHooks } from "node:module";

/** What is counted for every message or frame, by the module that does it. */
const counting: Readonly<Record<string, string>> = {
  "broker/src/core/tally": "Tally.prototype.count = () => {};",
  "runtime/src/metrics/plain-histogram": "PlainHistogram.prototype.record = () => {};",
  "runtime/frames/src/traffic": "Traffic.prototype.received = Traffic.prototype.sent = () => {};",
  "sidecar/src/telemetry/sidecar-metrics":
    "SidecarCounts.prototype.sent = SidecarCounts.prototype.answered = SidecarCounts.prototype.handled = () => {};",
};

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const cut = Object.entries(counting).find(([module]) => url.replace(/\.[jt]s$/, "").endsWith(`/${module}`))?.[1];
    return cut === undefined ? loaded : { ...loaded, source: `${String(loaded.source)}\n${cut}\n` };
  },
});
