import { useState } from "preact/hooks";
import { keepToken } from "../data/access.ts";
import { html } from "../html.ts";

/** Asks for the token. */
export function Login({ onToken }: { onToken: () => void }) {
  const [value, setValue] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    keepToken(value.trim());
    onToken();
  };
  return html`
    <main class="login">
      <form onSubmit=${submit}>
        <h1>Exosphere</h1>
        <p>This dashboard asks for its token: the one in the file of <code>--token-file</code>.</p>
        <label>Token<input type="password" autocomplete="current-password" value=${value}
          onInput=${(event: InputEvent) => setValue((event.target as HTMLInputElement).value)} /></label>
        <button class="primary" type="submit" disabled=${value.trim() === ""}>Open</button>
      </form>
    </main>
  `;
}
