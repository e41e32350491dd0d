import { shorten } from "./format.ts";

/** The place of a label, in pixels: its middle and its width. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** What no label may cover, in pixels; x and y of its corner. */
export interface Obstacle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The height of a label and a little, in pixels. */
const apart = 22;
/** Each time, all that overlap move away from each other by half; after a few times nothing is left of it. */
const rounds = 60;
/** The width of a letter, and the room at both ends of a label together. */
const [letter, ends] = [6.3, 16];

/** What a label says where there is so much room: name and rate, the name alone, or as much of it as there is room for. */
export function labelText(name: string, rate: string, room: number): { text: string; rate: string; width: number } {
  const whole = (name.length + rate.length + 4) * letter + ends;
  if (whole <= room) return { text: name, rate, width: whole };
  const text = shorten(name, Math.max(4, Math.floor((room - ends) / letter)));
  return { text, rate: "", width: text.length * letter + ends };
}

/** Where labels stand once none covers another or an obstacle: each moves up or down as little as it can. */
export function spreadLabels(labels: readonly Label[], obstacles: readonly Obstacle[] = []): number[] {
  const ys = labels.map(({ y }) => y);
  for (let round = 0; round < rounds; round += 1) {
    let hasMoved = false;
    labels.forEach((one, index) => {
      for (let other = index + 1; other < labels.length; other += 1) {
        const { x, width } = labels[other] as Label;
        const [y, otherY] = [ys[index] ?? 0, ys[other] ?? 0];
        const overlap = apart - Math.abs(y - otherY);
        if (overlap <= 0.5 || Math.abs(one.x - x) >= (one.width + width) / 2) continue;
        const way = y <= otherY ? 1 : -1;
        ys[index] = y - (way * overlap) / 2;
        ys[other] = otherY + (way * overlap) / 2;
        hasMoved = true;
      }
    });
    // Last, as nothing moves an obstacle away.
    labels.forEach((label, index) => {
      const y = ys[index] ?? 0;
      const free = besideObstacles({ ...label, y }, obstacles);
      if (free === y) return;
      ys[index] = free;
      hasMoved = true;
    });
    if (!hasMoved) break;
  }
  return ys;
}

/** The nearest height at which a label covers none of them. */
function besideObstacles({ x, y, width }: Label, obstacles: readonly Obstacle[]): number {
  for (const each of obstacles) {
    if (x + width / 2 <= each.x || x - width / 2 >= each.x + each.width) continue;
    const [top, bottom] = [each.y - apart / 2, each.y + each.height + apart / 2];
    if (y > top && y < bottom) return y - top < bottom - y ? top : bottom;
  }
  return y;
}
