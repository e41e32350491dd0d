import { html } from "../html.ts";
import { type FilterProps, textOf } from "./filters.ts";

/** What looks closer or further away, and what finds roles and messages. */
export function MapTools({ query, narrow, found, zoom, fit }: MapToolsProps) {
  const { find = "", only } = query;
  return html`
    <form class="tools" role="search" onSubmit=${(event: Event) => event.preventDefault()}>
      <label class="find"><span>Find</span>
        <input type="search" value=${find} placeholder="role or message" aria-label="Find a role or a message"
          onInput=${(event: Event) => narrow({ find: textOf(event), at: "" })} />
      </label>
      ${
        find !== "" &&
        html`
          <label class="only"><input type="checkbox" checked=${only === "1"} onChange=${(event: Event) => narrow({ only: (event.target as HTMLInputElement).checked ? "1" : "", at: "" })} /> only these</label>
          <span class="found" role="status">${found}</span>
        `
      }
      ${
        zoom &&
        html`
          <div class="zoom" role="group" aria-label="Size of the map">
            <button type="button" onClick=${() => zoom(1 / 1.3)} aria-label="Smaller">−</button>
            <button type="button" onClick=${() => zoom(1.3)} aria-label="Larger">+</button>
            <button type="button" onClick=${fit}>Fit</button>
          </div>
        `
      }
    </form>
  `;
}

/** What the tools of the map are given. */
export interface MapToolsProps extends FilterProps {
  /** How much was found, for people. */
  readonly found: string;
  /** Larger or smaller; undefined where the map is scrolled. */
  readonly zoom: ((factor: number) => void) | undefined;
  readonly fit: () => void;
}
