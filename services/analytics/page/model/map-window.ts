/** The part of the map that is looked at: its corner in pixels of the map, and how large it is drawn. */
export interface MapWindow {
  readonly x: number;
  readonly y: number;
  /** Pixels of the screen for each of the map. */
  readonly scale: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** How far one can come near or away. */
const [leastScale, mostScale] = [0.1, 4];

/** All of the map, in the middle, and never larger than it is drawn. */
export function fitted(map: Size, screen: Size): MapWindow {
  const scale = Math.min(1, screen.width / map.width, screen.height / map.height);
  return {
    x: (map.width - screen.width / scale) / 2,
    y: (map.height - screen.height / scale) / 2,
    scale,
  };
}

/** Nearer or further away, with a point of the screen staying where it is. */
export function zoomed(
  { x, y, scale }: MapWindow,
  factor: number,
  at: { readonly x: number; readonly y: number },
): MapWindow {
  const next = Math.min(mostScale, Math.max(leastScale, scale * factor));
  return { x: x + at.x / scale - at.x / next, y: y + at.y / scale - at.y / next, scale: next };
}

/** Moved by pixels of the screen, with at least a corner of the map left in it. */
export function moved({ x, y, scale }: MapWindow, dx: number, dy: number, map: Size, screen: Size): MapWindow {
  const within = (at: number, length: number, seen: number) => Math.max(-seen * 0.8, Math.min(length - seen * 0.2, at));
  return {
    x: within(x - dx / scale, map.width, screen.width / scale),
    y: within(y - dy / scale, map.height, screen.height / scale),
    scale,
  };
}

/** As an address has it. */
export function windowText({ x, y, scale }: MapWindow): string {
  return [x.toFixed(0), y.toFixed(0), scale.toFixed(3)].join(",");
}

/** The window in an address, if one is. */
export function windowOf(text: string | undefined): MapWindow | undefined {
  const [x = Number.NaN, y = Number.NaN, scale = Number.NaN] = (text ?? "").split(",").map(Number);
  if (![x, y, scale].every(Number.isFinite) || scale < leastScale || scale > mostScale) return undefined;
  return { x, y, scale };
}
