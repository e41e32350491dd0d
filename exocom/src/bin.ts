#!/usr/bin/env node
import { requireNode } from "@exosphere/runtime/require-node";

requireNode();
const { enableCompileCache } = await import("node:module");
enableCompileCache();
// `exocom serve` is the broker by itself: it need not load the edges.
if (process.argv[2] === "serve") await import("@exosphere/broker/bin");
else await import("./main.ts");
