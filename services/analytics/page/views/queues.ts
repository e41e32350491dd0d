import type { QueueView } from "../../src/core/history.ts";
import { hrefOf } from "../data/route.ts";
import { html } from "../html.ts";
import { count, duration } from "../model/format.ts";
import { sparkline } from "../model/sparkline.ts";

const [width, height] = [220, 46];

/** What waits for each role, and for how long. */
export function Queues({
  queues,
  span,
}: {
  queues: readonly QueueView[];
  span: { readonly from: number; readonly to: number };
}) {
  if (queues.length === 0) return html`<p class="note">Nothing is known of this time yet.</p>`;
  return html`
    <ul class="queues">
      ${queues.map(({ role, points }) => {
        const last = points.at(-1);
        const worst = Math.max(0, ...points.map(({ oldestMs }) => oldestMs));
        const deepest = Math.max(0, ...points.map(({ waiting }) => waiting));
        const line = (values: readonly number[]) =>
          sparkline(
            points.map(({ at }, index) => ({ at, value: values[index] ?? 0 })),
            span,
            { width, height },
          );
        const waiting = line(points.map((point) => point.waiting));
        const oldest = line(points.map((point) => point.oldestMs));
        return html`
          <li key=${role} class=${worst > 10_000 ? "bad" : worst > 1_000 ? "slow" : "fine"}>
            <a href=${hrefOf(["map"], { role })}><b>${role}</b><small>${last?.instances ?? 0} ${last?.instances === 1 ? "instance" : "instances"}, ${count(last?.inFlight ?? 0)} in flight</small></a>
            <figure><svg viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true"><path class="area" d=${waiting.area} /><path class="line" d=${waiting.line} /></svg>
              <figcaption><span>waiting</span><b class="num">${count(last?.waiting ?? 0)}</b><small>at most ${count(deepest)}</small></figcaption></figure>
            <figure><svg viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true"><path class="area" d=${oldest.area} /><path class="line" d=${oldest.line} /></svg>
              <figcaption><span>oldest</span><b class="num">${duration(last?.oldestMs ?? 0)}</b><small>at most ${duration(worst)}</small></figcaption></figure>
          </li>
        `;
      })}
    </ul>
  `;
}
