#!/usr/bin/env node
import { requireNode } from "@exosphere/runtime/require-node";

requireNode();
const { enableCompileCache } = await import("node:module");
enableCompileCache();
const { main } = await import("./main.ts");
process.exitCode = await main(process.argv.slice(2));
