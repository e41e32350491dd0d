export { addressGroup } from "./address-group.ts";
export { FairEviction } from "./fair-eviction.ts";
export { NumberMap } from "./number-map.ts";
export { type Holders, Share, type ShareOptions } from "./share.ts";
