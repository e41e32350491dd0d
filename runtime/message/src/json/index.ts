export { isJson } from "./is-json.ts";
export { jsonMistake, textOf } from "./json-text.ts";
export { jsonTextMistake } from "./json-text-mistake.ts";
export { rawElements, rawMembers } from "./raw-json.ts";
