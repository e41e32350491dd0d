import type { Enumeration } from "./contract.ts";
import { generatedHeader } from "./generated-header.ts";

/** The module that says how deliveries can end. It imports nothing, so that cores can use it. */
export function outcomesFile({ values }: Enumeration): string {
  const sent = values.filter(({ number }) => number !== 0);
  return `${generatedHeader("outcomes.ts")}
/** How a delivery can end, or that it takes longer: the names of Settlement.Outcome. */
export const outcomes = [${sent.map(({ name }) => `"${name}"`).join(", ")}] as const;

/** One of \`outcomes\`. */
export type Outcome = (typeof outcomes)[number];

/** The number of an outcome on the wire, Settlement.outcome. */
export const outcomeNumbers = {
  ${sent.map(({ name, number }) => `${name}: ${number}`).join(",\n")}
} as const satisfies Readonly<Record<Outcome, number>>;

const outcomesByNumber: readonly (Outcome | undefined)[] = [${byNumber(sent).join(", ")}];

/** The outcome that has a number on the wire. Undefined for one that this contract does not have. */
export function outcomeOf(number: number): Outcome | undefined {
  return outcomesByNumber[number];
}
`;
}

function byNumber(values: Enumeration["values"]): string[] {
  const names = Array.from({ length: Math.max(...values.map(({ number }) => number)) + 1 }, () => "undefined");
  for (const { name, number } of values) names[number] = `"${name}"`;
  return names;
}
