#!/usr/bin/env node
import { launch } from "@exosphere/process/launch";

// `exocom serve` is the broker by itself: it need not load the edges.
const isServe = process.argv[2] === "serve";
await launch(() => (isServe ? import("@exosphere/broker/bin") : import("./main.ts")));
