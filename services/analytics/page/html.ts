import htm from "htm";
import { h, type VNode } from "preact";

type Html = (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

/** Templates of the page: htm over preact. (The types of htm 3 are those of its CommonJS form.) */
export const html: Html = (htm as unknown as { bind(create: typeof h): Html }).bind(h);
