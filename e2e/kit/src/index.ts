export { type BrokerOptions, BrokerProcess, type Routes } from "./broker-process.ts";
export { chromiumOptions, hasChromium } from "./chromium.ts";
export { eventually } from "./eventually.ts";
export { HandClock } from "./hand-clock.ts";
export { holdPort } from "./held-port.ts";
export { metricOf, metricsOf } from "./metrics.ts";
export { type Exit, type ProcessOptions, ProcessUnderTest } from "./process-under-test.ts";
export { type FrameOptions, frameOf, opcodes, type ReadFrame, readFrame } from "./websocket-frames.ts";
