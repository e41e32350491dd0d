import { html } from "../html.ts";
import { duration, outcome as outcomeText } from "../model/format.ts";
import type { Arrow, Sequence, Span } from "../model/sequence.ts";

const barWidth = 12;

/** An activity as a diagram. */
export function SequenceDrawing({
  sequence,
  selected,
  onSelect,
}: {
  sequence: Sequence;
  selected: number | undefined;
  onSelect: (index: number) => void;
}) {
  const { width, height, column, lifelines, arrows, spans, ticks } = sequence;
  return html`
    <svg class="sequence" width=${width} height=${height}>
      <defs>
        ${["message", "reply", "failed", "chosen"].map(
          (kind) =>
            html`<marker id=${`head-${kind}`} class=${`head ${kind}`} viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M1 1.5 9 5 1 8.5z" /></marker>`,
        )}
        <pattern id="wait" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="6" /></pattern>
      </defs>
      <g class="scale">${ticks.map(({ y, text }) => html`<g key=${y}><line x1="70" x2=${width} y1=${y} y2=${y} /><text x="62" y=${y + 3.5} text-anchor="end">${text}</text></g>`)}</g>
      ${lifelines.map(
        ({ role, x }) => html`
          <g key=${role} class="lifeline">
            <line x1=${x} x2=${x} y1="46" y2=${height - 16} />
            <rect x=${x - labelWidth(role) / 2} y="14" width=${labelWidth(role)} height="30" rx="8" />
            <text x=${x} y="33.5" text-anchor="middle">${role}</text>
          </g>
        `,
      )}
      ${spans.map((span, index) => html`<${Bar} key=${index} span=${span} isSelected=${span.message === selected} onSelect=${onSelect} />`)}
      ${arrows.map((arrow, index) => html`<${ArrowLine} key=${index} arrow=${arrow} column=${column} isSelected=${arrow.message === selected} onSelect=${onSelect} />`)}
    </svg>
  `;
}

function Bar({ span, isSelected, onSelect }: { span: Span; isSelected: boolean; onSelect: (index: number) => void }) {
  const { kind, x, from, to, outcome, attempt, ms, message, role } = span;
  const height = Math.max(kind === "handling" ? 7 : 2, to - from);
  const what = kind === "waiting" ? `waited for ${role}` : `${role} handled it`;
  const text = `${what}: ${ms === undefined ? "goes on" : duration(ms)}${outcome && outcome !== "ok" ? `, ${outcomeText(outcome)}` : ""}`;
  const isWide = height >= 20 || (kind === "handling" && outcome !== "ok" && outcome !== "");
  const state =
    outcome === ""
      ? ms === undefined
        ? "going"
        : ""
      : outcome === "ok"
        ? "ok"
        : outcome === "retry" || outcome === "returned"
          ? "retry"
          : "failed";
  const label =
    kind === "handling"
      ? [
          attempt > 1 || state === "retry" ? `#${attempt}` : "",
          ms === undefined ? "…" : duration(ms),
          state === "failed" || state === "retry" ? outcomeText(outcome) : "",
        ]
          .filter(Boolean)
          .join(" · ")
      : ms === undefined
        ? ""
        : `waits ${duration(ms)}`;
  return html`
    <g class=${`span ${kind} ${state} ${isSelected ? "selected" : ""}`} onClick=${() => onSelect(message)}>
      <title>${text}</title>
      <rect x=${x - barWidth / 2} y=${from} width=${barWidth} height=${height} rx="4" />
      ${kind === "waiting" && html`<rect class="hatch" x=${x - barWidth / 2} y=${from} width=${barWidth} height=${height} rx="4" />`}
      ${isWide && (kind === "handling" || height >= 26) && html`<text x=${x + barWidth / 2 + 7} y=${from + Math.min(height / 2, 40) + 3.5}>${label}</text>`}
    </g>
  `;
}

function ArrowLine({
  arrow,
  column,
  isSelected,
  onSelect,
}: {
  arrow: Arrow;
  column: number;
  isSelected: boolean;
  onSelect: (index: number) => void;
}) {
  const { message, name, x1, y1, x2, y2, kind, isFailed, isSelf } = arrow;
  const away = x2 >= x1 ? 1 : -1;
  const gap = barWidth / 2 + 1;
  const [from, to] = isSelf ? [x1 + gap, x1 + gap] : [x1 + away * gap, x2 - away * (kind === "refused" ? 0 : gap)];
  const path = isSelf
    ? `M${from} ${y1}C${from + 56} ${y1} ${from + 56} ${Math.max(y2, y1 + 14)} ${to} ${Math.max(y2, y1 + 14)}`
    : `M${from} ${y1}L${to} ${y2}`;
  const head = isSelected ? "chosen" : isFailed ? "failed" : kind === "reply" ? "reply" : "message";
  // Before the receiver, where no other line is crossed.
  const near = Math.min(Math.abs(to - from), column) / 2;
  const x = to - away * near;
  const y = y1 + (y2 - y1) * (to === from ? 0 : (x - from) / (to - from));
  const label = isSelf ? { x: x1 + 62, y: y1 + 4, anchor: "start" } : { x, y: y - 7, anchor: "middle" };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onSelect(message);
  };
  return html`
    <g class=${`arrow ${kind} ${isFailed ? "failed" : ""} ${isSelected ? "selected" : ""}`} role="button" tabindex="0" aria-pressed=${isSelected} aria-label=${`${name}: ${kind}${isFailed ? ", failed" : ""}`}
      onClick=${() => onSelect(message)} onKeyDown=${onKey}>
      <path class="reach" d=${path} />
      <path class="shaft" d=${path} marker-end=${kind === "refused" ? undefined : `url(#head-${head})`} />
      ${kind === "refused" && html`<path class="cross" d=${`M${to - 5} ${y2 - 5}l10 10m0 -10l-10 10`} />`}
      <text class="halo" x=${label.x} y=${label.y} text-anchor=${label.anchor}>${name}</text>
      <text x=${label.x} y=${label.y} text-anchor=${label.anchor}>${name}</text>
    </g>
  `;
}

function labelWidth(role: string): number {
  return Math.max(64, role.length * 7.6 + 28);
}
