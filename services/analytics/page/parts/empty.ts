import { html } from "../html.ts";

/** What to do where there is nothing to see. */
export function Empty({ title, children, command }: { title: string; children?: unknown; command?: string }) {
  return html`
    <div class="empty" role="status">
      <svg viewBox="0 0 120 64" aria-hidden="true">
        <circle cx="60" cy="32" r="9" />
        <ellipse cx="60" cy="32" rx="52" ry="20" transform="rotate(-14 60 32)" />
        <circle class="moon" cx="105" cy="13" r="4" />
      </svg>
      <h2>${title}</h2>
      ${children && html`<p>${children}</p>`}
      ${command && html`<pre tabindex="0"><code>${command}</code></pre>`}
    </div>
  `;
}
