import { isLost, type Live } from "../data/live.ts";
import { hrefOf } from "../data/route.ts";
import { useTheme } from "../data/theme.ts";
import { html } from "../html.ts";
import { rate } from "../model/format.ts";

const tabs = [
  { view: "map", text: "Map" },
  { view: "activities", text: "Activities" },
  { view: "latency", text: "Latency" },
  { view: "tap", text: "Tap" },
];

const themeTexts = { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

/** Name, views, how the bus is, theme. */
export function Header({ view, live }: { view: string; live: Live }) {
  const [theme, nextTheme] = useTheme();
  return html`
    <header class="top">
      <a class="brand" href="#/map" aria-label="Exosphere, map">
        <${Logo} />
        <span>Exosphere</span>
      </a>
      <nav aria-label="Views">
        ${tabs.map(
          (tab) => html`
            <a key=${tab.view} href=${hrefOf([tab.view])} aria-current=${tab.view === view ? "page" : undefined}>
              ${tab.text}
            </a>
          `,
        )}
      </nav>
      <div class="pulse">
        <${Pulse} live=${live} />
      </div>
      <button class="icon" type="button" onClick=${nextTheme} title=${themeTexts[theme]} aria-label=${themeTexts[theme]}>
        <${ThemeIcon} theme=${theme} />
      </button>
    </header>
  `;
}

function Pulse({ live }: { live: Live }) {
  const { bus, state, problem } = live;
  if (isLost(live)) {
    const why = problem?.message ?? state.problem;
    return html`<span class="pill bad" role="status" title=${why}><i class="dot" />${why ? "not connected" : "connecting"}</span>`;
  }
  return html`
    ${
      bus &&
      html`
        <span class="total"><b>${rate(bus.published)}</b><span> msg/s</span></span>
        <span class=${`total ${bus.failed > 0 ? "bad" : ""}`}><b>${rate(bus.failed)}</b><span> failed/s</span></span>
      `
    }
    <span class="pill fine" role="status" title=${`Watching the broker at ${state.broker}`}>
      <i class="dot" />${state.broker}
    </span>
  `;
}

function Logo() {
  return html`
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="5.5" />
      <ellipse cx="16" cy="16" rx="14" ry="6" transform="rotate(-28 16 16)" />
      <circle class="moon" cx="27.3" cy="8.6" r="2.6" />
    </svg>
  `;
}

function ThemeIcon({ theme }: { theme: string }) {
  const shapes: Record<string, unknown> = {
    light: html`<circle cx="8" cy="8" r="3" /><path d="M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.4 1.4M11.6 11.6 13 13M13 3l-1.4 1.4M4.4 11.6 3 13" />`,
    dark: html`<path d="M13.2 9.8A5.7 5.7 0 0 1 6.2 2.8a5.7 5.7 0 1 0 7 7Z" />`,
    system: html`<circle cx="8" cy="8" r="5.7" /><path class="solid" d="M8 2.3a5.7 5.7 0 0 1 0 11.4Z" />`,
  };
  return html`<svg viewBox="0 0 16 16" aria-hidden="true">${shapes[theme]}</svg>`;
}
