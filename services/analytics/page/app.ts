import { useEffect, useState } from "preact/hooks";
import { isLost, useLive, useTimeline } from "./data/live.ts";
import { useRoute } from "./data/route.ts";
import { html } from "./html.ts";
import { Empty } from "./parts/empty.ts";
import { Header } from "./parts/header.ts";
import { Login } from "./parts/login.ts";
import { Timeline } from "./parts/timeline.ts";
import { ActivitiesView } from "./views/activities-view.ts";
import { ActivityView } from "./views/activity-view.ts";
import { LatencyView } from "./views/latency-view.ts";
import { MapView } from "./views/map-view.ts";
import { TapView } from "./views/tap-view.ts";

/** The whole page. */
export function App() {
  const [attempt, setAttempt] = useState(0);
  const live = useLive(attempt);
  const route = useRoute();
  const timeline = useTimeline();
  /** The moment that is looked at; undefined: now. */
  const [time, setTime] = useState<number | undefined>();
  const [view = "map", id] = route.path;
  const isKnown = id === undefined ? Object.hasOwn(titles, view) : view === "activities" && route.path.length === 2;
  useEffect(() => {
    document.title = isKnown ? `${titles[view]} · Exosphere` : "Exosphere";
  }, [view, isKnown]);
  if (live.problem?.status === 401) return html`<${Login} onToken=${() => setAttempt(attempt + 1)} />`;
  const places = { broker: live.state.broker || "127.0.0.1:4100", dashboard: location.origin };
  const shared = { live, time, places, query: route.query, timeline };
  return html`
    <a class="skip" href="#content" onClick=${skip}>Skip to the content</a>
    <${Header} view=${view} live=${live} />
    <main id="content" tabindex="-1" class=${`view view-${view}`}>
      ${
        !isKnown
          ? html`<${Unknown} />`
          : view === "activities" && id
            ? html`<${ActivityView} key=${id} id=${id} ...${shared} />`
            : view === "activities"
              ? html`<${ActivitiesView} ...${shared} />`
              : view === "latency"
                ? html`<${LatencyView} ...${shared} />`
                : view === "tap"
                  ? html`<${TapView} ...${shared} />`
                  : html`<${MapView} ...${shared} />`
      }
    </main>
    ${isKnown && view !== "tap" && !id && html`<${Timeline} points=${timeline} time=${time} isLost=${isLost(live)} onTime=${setTime} />`}
  `;
}

const titles: Readonly<Record<string, string>> = {
  map: "Map",
  activities: "Activities",
  latency: "Latency",
  tap: "Tap",
};

/** An address that no view has: a link that was cut, or of another version. */
function Unknown() {
  return html`
    <section aria-label="Unknown address">
      <h1 class="unseen">Unknown address</h1>
      <${Empty} title="There is no such page">
        The address <span class="mono">${location.hash}</span> belongs to none of the views. <a href="#/map">Show the map</a>
      <//>
    </section>
  `;
}

/** The address stays that of the view. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
