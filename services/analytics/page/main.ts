import { render } from "preact";
import { App } from "./app.ts";
import { takeTokenFromAddress } from "./data/access.ts";
import { html } from "./html.ts";

takeTokenFromAddress();
const root = document.getElementById("app");
if (root) render(html`<${App} />`, root);
