#!/usr/bin/env node
// exo-gateway, as `npm i -g @exosphere/cli` gives it: npm links the commands of that package alone, not those of what it depends on.
import "@exosphere/gateway/bin";
