import { median, type Result, type Row } from "../run/result.ts";
import { rate, whole } from "./figures.ts";

/** Colours that can be told apart, also by those who see few, and in print. Ours come first. */
const colours = [
  "#0b5fa5",
  "#d1495b",
  "#00798c",
  "#8d96a3",
  "#b9c0c9",
  "#edae49",
  "#66a182",
  "#30343f",
  "#9c6ade",
  "#a47148",
];

const panel = { width: 430, height: 330, left: 56, top: 64, right: 14, bottom: 40 };
const legendHeight = 90;

/** How fast each subject is at each load, as two line charts: requests on the left, one-way on the right. 200 bytes. */
export function chart(result: Result): string {
  const panels = (["request", "send"] as const).map((group, index) => {
    const rows = result.rows.filter((row) => row.group === group && row.inFlight > 0 && row.bytes === 200);
    const title = group === "request" ? "request → reply, 200 bytes" : "one-way, confirmed, 200 bytes";
    return rows.length === 0 ? "" : panelOf(rows, title, index * panel.width);
  });
  const [width, height] = [panel.width * 2, panel.height + legendHeight];
  const { machine, rounds } = result;
  const subtitle = `median of ${rounds} rounds and their range · ${machine.cpu}, ${machine.cores} cores · Node ${machine.node} · ${machine.at.slice(0, 10)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(
      16,
      22,
      "Messages a second by messages in flight (both scales logarithmic)",
      'font-size="15" font-weight="600"',
    ),
    text(16, 39, subtitle, 'fill="#666"'),
    ...panels,
    "</svg>",
    "",
  ].join("\n");
}

function panelOf(rows: readonly Row[], title: string, x: number): string {
  const inFlight = [...new Set(rows.map((row) => row.inFlight))].sort((a, b) => a - b);
  const rates = rows.flatMap((row) => row.perSecond).filter((each) => each > 0);
  if (rates.length === 0) return "";
  const [low, high] = [
    10 ** Math.floor(Math.log10(Math.min(...rates))),
    10 ** Math.ceil(Math.log10(Math.max(...rates))),
  ];
  const [left, right] = [x + panel.left, x + panel.width - panel.right];
  const [top, bottom] = [panel.top + 14, panel.height - panel.bottom];
  const atX = (value: number) =>
    left + 10 + ((right - left - 20) * inFlight.indexOf(value)) / Math.max(1, inFlight.length - 1);
  const atY = (value: number) =>
    bottom - ((bottom - top) * Math.log10(value / low)) / Math.max(1, Math.log10(high / low));
  const parts = [text(left, panel.top, title, 'font-weight="600"')];
  for (let tick = low; tick <= high * 1.01; tick *= 10) {
    parts.push(`<path d="M${left} ${fix(atY(tick))}H${right}" stroke="#ddd"/>`);
    parts.push(text(left - 6, atY(tick) + 4, rate(tick), 'text-anchor="end" fill="#666"'));
  }
  for (const each of inFlight)
    parts.push(text(atX(each), bottom + 16, whole(each), 'text-anchor="middle" fill="#666"'));
  const subjects = [...new Set(rows.map((row) => row.subject))];
  subjects.forEach((subject, index) => {
    const its = rows.filter((row) => row.subject === subject);
    const colour = colours[index % colours.length] as string;
    const points = its.map((row) => `${fix(atX(row.inFlight))},${fix(atY(median(row.perSecond)))}`);
    const isOurs = /^(sdk|http-sidecars|send-(broker|sidecars|http|bulk))/.test(subject);
    const width = isOurs ? 2.5 : 1.2;
    parts.push(`<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="${width}"/>`);
    for (const row of its) {
      const at = fix(atX(row.inFlight));
      const [from, to] = [fix(atY(Math.min(...row.perSecond))), fix(atY(Math.max(...row.perSecond)))];
      parts.push(`<path d="M${at} ${from}V${to}" stroke="${colour}" opacity="0.5"/>`);
      parts.push(`<circle cx="${at}" cy="${fix(atY(median(row.perSecond)))}" r="${isOurs ? 3 : 2}" fill="${colour}"/>`);
    }
    const [entryX, entryY] = [left + (index % 2) * 205, panel.height + 4 + Math.floor(index / 2) * 16];
    parts.push(`<path d="M${entryX} ${entryY - 4}h18" stroke="${colour}" stroke-width="${width + 0.5}"/>`);
    parts.push(text(entryX + 24, entryY, its[0]?.title ?? subject, isOurs ? 'font-weight="600"' : ""));
  });
  return parts.join("\n");
}

function text(x: number, y: number, words: string, attributes = ""): string {
  const safe = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${fix(x)}" y="${fix(y)}" ${attributes}>${safe}</text>`;
}

function fix(value: number): string {
  return value.toFixed(1);
}
