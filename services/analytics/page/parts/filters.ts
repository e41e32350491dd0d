import type { Live } from "../data/live.ts";
import { go, hrefOf } from "../data/route.ts";
import { html } from "../html.ts";

/** What a view is narrowed to, as its address has it. */
export type Query = Readonly<Record<string, string>>;

/** What the filters of a form are given. */
export interface FilterProps {
  readonly query: Query;
  /** Narrows the view, or widens it where a value is empty. */
  readonly narrow: (change: Query) => void;
}

/** What narrows a view: its filters are a part of its address, and leave no step back. */
export function narrowing(view: string, query: Query): FilterProps["narrow"] {
  return (change) => go(hrefOf([view], { ...query, ...change }), true);
}

/** The text of a field that was changed. */
export function textOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

/** A role and a message to choose, of those that are on the bus. */
export function BusFilters({ live, query, narrow }: FilterProps & { live: Live }) {
  const roles = live.bus?.roles.map(({ role }) => role) ?? [];
  const names = [...new Set(live.bus?.edges.map(({ name }) => name) ?? [])].sort();
  const select = (key: string, label: string, options: readonly string[]) => html`
    <label><span>${label}</span>
      <select value=${query[key] ?? ""} onChange=${(event: Event) => narrow({ [key]: textOf(event) })}>
        <option value="">any</option>
        ${[...new Set([...options, ...(query[key] ? [query[key]] : [])])].map((each) => html`<option key=${each} value=${each}>${each}</option>`)}
      </select>
    </label>
  `;
  return html`
    ${select("role", "Role", roles)}
    ${select("name", "Message", names)}
  `;
}

/** Whether only that is shown which went wrong. */
export function TroubleFilter({ query, narrow }: FilterProps) {
  const onChange = (event: Event) => narrow({ trouble: (event.target as HTMLInputElement).checked ? "1" : "" });
  return html`
    <label class="check"><input type="checkbox" checked=${query.trouble === "1"} onChange=${onChange} /><span>Only trouble</span></label>
  `;
}
