export { NumberMap } from "./number-map.ts";
