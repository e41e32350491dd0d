#!/usr/bin/env node
import { launch } from "@exosphere/runtime/launch";

await launch(() => import("./main.ts"));
