#!/usr/bin/env node
import { requireNode } from "@exosphere/runtime/require-node";

requireNode();
const { enableCompileCache } = await import("node:module");
enableCompileCache();
await import("./main.ts");
