export { jsonMistake, textOf } from "./json-text.ts";
export { rawElements, rawMembers } from "./raw-json.ts";
