import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { LatencyView } from "../../src/core/history.ts";
import { useSize } from "../data/size.ts";
import { html } from "../html.ts";
import { count, duration, timeOfDay } from "../model/format.ts";
import { bucketRange, bucketText, type HeatColumn, heat, heatColumns, heatMarks } from "../model/heat.ts";

interface HeatmapProps {
  latencies: LatencyView;
  span: { readonly from: number; readonly to: number };
}

const height = 300;
const [left, bottom] = [64, 26];
/** Columns are at least so wide, in pixels. */
const leastColumn = 7;

interface Hover {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Latencies over time: the darker a cell, the more messages took so long. */
export function Heatmap({ latencies, span }: HeatmapProps) {
  const { ref, size, element } = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hover, setHover] = useState<Hover | undefined>();
  const [themed, setThemed] = useState(0);
  const room = Math.max(0, size.width - left);
  const columns = useMemo(
    () => heatColumns(latencies.columns, span, Math.max(1, Math.floor(room / leastColumn))),
    [latencies, span, room],
  );
  const range = bucketRange(columns, latencies.bounds.length + 1);
  const rows = range.last - range.first + 1;
  const rowHeight = (height - bottom) / rows;
  const x = (at: number) => left + ((at - span.from) / (span.to - span.from)) * room;
  useEffect(() => {
    const redraw = () => setThemed((before) => before + 1);
    const media = matchMedia("(prefers-color-scheme: dark)");
    media.addEventListener("change", redraw);
    addEventListener("themechange", redraw);
    return () => {
      media.removeEventListener("change", redraw);
      removeEventListener("themechange", redraw);
    };
  }, []);
  useEffect(() => {
    if (canvas.current && room > 0) draw(canvas.current, { columns, range, rowHeight, x, width: size.width });
  }, [columns, room, themed]);
  const at = (event: PointerEvent) => {
    const box = element.current?.getBoundingClientRect();
    if (!box) return;
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const column = columns.find((each) => px >= x(each.at) && px < x(each.until));
    const bucket = range.last - Math.floor(py / rowHeight);
    const found = column && bucket >= range.first && bucket <= range.last ? column : undefined;
    setHover(
      found && {
        x: px,
        y: py,
        text: `${timeOfDay(found.at)}: ${count(found.counts[bucket] ?? 0)} of ${count(found.total)} took ${bucketText(latencies, bucket)}`,
      },
    );
  };
  const marks = heatMarks(latencies.bounds, range, rowHeight);
  const label = `Heatmap: ${count(latencies.count)} messages, half within ${duration(latencies.p50)}, 99 % within ${duration(latencies.p99)}`;
  return html`
    <div class="heatmap" ref=${ref} role="img" aria-label=${label} onPointerMove=${at} onPointerLeave=${() => setHover(undefined)}>
      <canvas ref=${canvas} aria-hidden="true" />
      <svg width=${size.width} height=${height} aria-hidden="true">
        ${marks.map(({ bucket, text }) => {
          const y = (range.last - bucket) * rowHeight;
          return html`<g key=${bucket} class="mark"><line x1=${left} x2=${size.width} y1=${y} y2=${y} /><text x=${left - 8} y=${y + 4} text-anchor="end">${text}</text></g>`;
        })}
        ${ticksOf(span, room).map((time) => html`<text key=${time} class="when" x=${x(time)} y=${height - 7} text-anchor="middle">${timeOfDay(time).slice(0, 5)}</text>`)}
        ${["p50", "p99"].map((which) => html`<path key=${which} class=${`quantile ${which}`} d=${quantileLine(latencies, which as "p50" | "p99", x, (ms) => yOf(ms, latencies.bounds, range, rowHeight))} />`)}
      </svg>
      ${hover && html`<span class="tip" style=${{ left: `${Math.min(hover.x + 12, Math.max(0, size.width - 250))}px`, top: `${Math.max(0, hover.y - 34)}px` }}>${hover.text}</span>`}
      <p class="key" aria-hidden="true"><span class="p50">p50</span><span class="p99">p99</span><span class="scale">few<i />many</span></p>
    </div>
  `;
}

interface Drawing {
  readonly columns: readonly HeatColumn[];
  readonly range: { readonly first: number; readonly last: number };
  readonly rowHeight: number;
  readonly x: (at: number) => number;
  readonly width: number;
}

function draw(canvas: HTMLCanvasElement, { columns, range, rowHeight, x, width }: Drawing): void {
  const scale = devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(scale, scale);
  const colours = ["--heat-0", "--heat-1", "--heat-2", "--heat-3"].map((name) => rgbOf(canvas, name));
  const most = Math.max(0, ...columns.flatMap(({ counts }) => counts));
  for (const { at, until, counts } of columns) {
    const [from, to] = [Math.max(left, x(at)), x(until)];
    for (let bucket = range.first; bucket <= range.last; bucket += 1) {
      const strength = heat(counts[bucket] ?? 0, most);
      if (strength === 0) continue;
      context.fillStyle = mixed(colours, strength);
      context.beginPath();
      context.roundRect(
        from + 0.5,
        (range.last - bucket) * rowHeight + 0.5,
        Math.max(1, to - from - 1),
        rowHeight - 1,
        2,
      );
      context.fill();
    }
  }
}

function rgbOf(element: Element, name: string): readonly number[] {
  const text = getComputedStyle(element).getPropertyValue(name).trim().replace("#", "");
  return [0, 2, 4].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
}

function mixed(colours: readonly (readonly number[])[], strength: number): string {
  const place = Math.min(0.9999, strength) * (colours.length - 1);
  const [low, high] = [colours[Math.floor(place)] ?? [], colours[Math.floor(place) + 1] ?? []];
  const part = place - Math.floor(place);
  return `rgb(${[0, 1, 2].map((at) => Math.round((low[at] ?? 0) + ((high[at] ?? 0) - (low[at] ?? 0)) * part)).join(" ")})`;
}

/** Where a duration stands among the rows, which are buckets of different widths. */
function yOf(
  ms: number,
  bounds: readonly number[],
  range: { readonly first: number; readonly last: number },
  rowHeight: number,
): number {
  let bucket = bounds.findIndex((bound) => ms <= bound);
  if (bucket < 0) bucket = bounds.length;
  const [from, to] = [bounds[bucket - 1] ?? 0, bounds[bucket] ?? ms];
  const part = to > from ? (ms - from) / (to - from) : 0.5;
  return (range.last - bucket + 1 - part) * rowHeight;
}

function quantileLine(
  { columns }: LatencyView,
  which: "p50" | "p99",
  x: (at: number) => number,
  y: (ms: number) => number,
): string {
  let [path, last] = ["", 0];
  for (const column of columns) {
    const value = column[which];
    if (value === undefined || value === null) continue;
    path += `${path && column.at - last < 30_000 ? "L" : "M"}${x(column.at - 2_500).toFixed(1)} ${y(value).toFixed(1)}`;
    last = column.at;
  }
  return path;
}

/** Full minutes, as many as there is room for. */
function ticksOf({ from, to }: { readonly from: number; readonly to: number }, room: number): number[] {
  const most = Math.max(2, room / 90);
  const step =
    [60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000].find((each) => (to - from) / each <= most) ?? 3_600_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}
