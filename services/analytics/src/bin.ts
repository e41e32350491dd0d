#!/usr/bin/env node
import { launch } from "@exosphere/process/launch";

const { main } = await launch(() => import("./main.ts"));
await main(process.argv.slice(2));
