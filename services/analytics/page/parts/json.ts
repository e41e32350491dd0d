import { html } from "../html.ts";
import { jsonTokens, prettyJson } from "../model/json-text.ts";

/** JSON text in colours. */
export function Json({ text, label }: { text: string; label: string }) {
  return html`
    <pre class="json" tabindex="0" aria-label=${label}><code>${jsonTokens(prettyJson(text)).map(
      ({ kind, text: piece }, index) => html`<span key=${index} class=${kind}>${piece}</span>`,
    )}</code></pre>
  `;
}
