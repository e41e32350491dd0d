#!/usr/bin/env node
// exo-injector, as `npm i -g @exosphere/cli` gives it: npm links the commands of that package alone, not those of what it depends on.
import "@exosphere/injector/bin";
