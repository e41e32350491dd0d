#!/usr/bin/env node
// The package is what people install, and so has the commands of all parts.
import "@exosphere/injector/bin";
