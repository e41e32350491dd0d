/** The place of a label, in pixels: its middle and its width. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The height of a label and a little, in pixels. */
const apart = 22;
/** Each time, all that overlap move away from each other by half; after a few times nothing is left of it. */
const rounds = 24;

/** Where labels stand once none covers another: each moves up or down as little as it can. */
export function spreadLabels(labels: readonly Label[]): number[] {
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
    if (!hasMoved) break;
  }
  return ys;
}
