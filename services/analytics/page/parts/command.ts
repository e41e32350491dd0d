import { useState } from "preact/hooks";
import { html } from "../html.ts";
import { commandFor, type Places, type Shown } from "../model/commands.ts";

/** How long "copied" stands there, in milliseconds. */
const copiedMs = 1500;

/** The command that shows the same in a terminal. */
export function Command({ shown, places }: { shown: Shown; places: Places }) {
  const [isCopied, setCopied] = useState(false);
  const command = commandFor(shown, places);
  const copy = async () => {
    await navigator.clipboard?.writeText(command);
    setCopied(true);
    setTimeout(() => setCopied(false), copiedMs);
  };
  return html`
    <div class="command">
      <span class="prompt" aria-hidden="true">$</span>
      <code tabindex="0" aria-label="The same in a terminal">${command}</code>
      <button type="button" onClick=${copy} aria-live="polite">${isCopied ? "copied" : "copy"}</button>
    </div>
  `;
}
