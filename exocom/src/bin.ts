#!/usr/bin/env node
import { launch } from "@exosphere/process/launch";

// `exocom serve` is the broker by itself: it need not load the edges.
const isServe = process.argv[2] === "serve";
const { main } = await launch(() => (isServe ? import("@exosphere/broker/main") : import("./main.ts")));
await main(process.argv.slice(2));
