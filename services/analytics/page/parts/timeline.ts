import type { TimelinePoint } from "../../src/core/history.ts";
import { useSize } from "../data/size.ts";
import { html } from "../html.ts";
import { ago, rate, timeOfDay } from "../model/format.ts";
import { timelineShape } from "../model/timeline-shape.ts";

const hourMs = 3_600_000;
const spansMs = [300_000, 600_000, 900_000, 1_800_000, hourMs];
/** One slot, and a minute: what the arrow keys move by. */
const [stepMs, pageMs] = [5_000, 60_000];
const height = 44;

interface TimelineProps {
  points: readonly TimelinePoint[];
  time: number | undefined;
  /** The broker or the dashboard does not answer, so that nothing is live. */
  isLost: boolean;
  onTime: (time: number | undefined) => void;
}

/** The last hour: how much happened, what failed; and the moment that is looked at. */
export function Timeline({ points, time, isLost, onTime }: TimelineProps) {
  const { ref, size, element } = useSize<HTMLDivElement>();
  const now = Math.max(Date.now(), points.at(-1)?.at ?? 0);
  const oldest = points[0]?.at ?? now;
  const latest = points.at(-1)?.at ?? now;
  // While little is known, a short time shows more of it.
  const spanMs = spansMs.find((each) => now - oldest < each * 0.9) ?? hourMs;
  const start = now - spanMs;
  const shape = timelineShape(points, { from: start, to: now }, { width: size.width, height });
  const set = (wanted: number) => onTime(wanted >= latest ? undefined : Math.max(oldest, wanted));
  const fromPointer = (event: PointerEvent) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = element.current?.getBoundingClientRect();
    if (box) set(start + ((event.clientX - box.left) / box.width) * spanMs);
  };
  const onKey = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowLeft: -stepMs, ArrowRight: stepMs, PageDown: -pageMs, PageUp: pageMs };
    const move = moves[event.key];
    if (move !== undefined) set((time ?? latest) + move);
    else if (event.key === "Home") set(oldest);
    else if (event.key === "End" || event.key === "Escape") onTime(undefined);
    else return;
    event.preventDefault();
  };
  const shown = time ?? now;
  const x = ((shown - start) / spanMs) * size.width;
  const point = time === undefined ? points.at(-1) : points.findLast(({ at }) => at - stepMs <= shown);
  const text = time === undefined ? "now" : `${timeOfDay(time)}, ${ago(now - time)}`;
  return html`
    <footer class="timeline">
      <div class="when">
        <b>${time !== undefined ? timeOfDay(time) : isLost ? "Last known" : "Live"}</b>
        <span>${point ? `${rate(point.published)} msg/s${point.failed > 0 ? `, ${rate(point.failed)} failed/s` : ""}` : "the last hour"}</span>
      </div>
      <div
        class="track" ref=${ref} role="slider" tabindex="0" aria-label="Time within the last hour"
        aria-valuemin=${Math.round(oldest)} aria-valuemax=${Math.round(now)} aria-valuenow=${Math.round(shown)} aria-valuetext=${text}
        onPointerDown=${fromPointer} onPointerMove=${fromPointer} onKeyDown=${onKey}
      >
        <svg width=${size.width} height=${height} aria-hidden="true">
          <path class="area" d=${shape.area} />
          <path class="line" d=${shape.line} />
          ${shape.failures.map((bar) => html`<rect key=${bar.x} class="failure" x=${bar.x} y=${height - bar.height} width=${bar.width} height=${bar.height} />`)}
          ${time !== undefined && html`<g class="cursor"><line x1=${x} x2=${x} y1="0" y2=${height} /><circle cx=${x} cy="4" r="4" /></g>`}
        </svg>
        <span class="ends" aria-hidden="true"><span>${ago(spanMs)}</span><span>${ago(spanMs / 2)}</span><span>now</span></span>
      </div>
      <button type="button" class=${time === undefined && !isLost ? "live on" : "live"} onClick=${() => onTime(undefined)} disabled=${time === undefined}>
        <i class="dot" />Live
      </button>
    </footer>
  `;
}
