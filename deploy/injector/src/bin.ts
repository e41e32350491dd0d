#!/usr/bin/env node
import { launch } from "@exosphere/process/launch";

await launch(() => import("./main.ts"));
