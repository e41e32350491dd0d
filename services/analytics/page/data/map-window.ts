import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { fitted, type MapWindow, moved, windowOf, windowText, zoomed } from "../model/map-window.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels that a pointer may move before that is no click. */
const slack = 4;

/** Pixels that an arrow key moves the map. */
const step = 60;

/** After so many ms without a move, the address says what is looked at. */
const restMs = 300;

/**
 * What of the map is looked at, by wheel, pointer, fingers and keys. `text` is what the address says of it, `onRest` is told what it should say;
 * "" is the whole map. What is returned goes to the drawing.
 */
export function useMapWindow(
  map: Size | undefined,
  screen: Size,
  text: string | undefined,
  onRest: (text: string) => void,
) {
  const [own, setOwn] = useState<MapWindow | undefined>(windowOf(text));
  const element = useRef<SVGSVGElement | null>(null);
  const shown = map && (own ?? fitted(map, screen));
  const current = useRef({ map, screen, shown });
  current.current = { map, screen, shown };
  const rest = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const set = useCallback((next: MapWindow | undefined) => {
    setOwn(next);
    clearTimeout(rest.current);
    rest.current = setTimeout(() => onRest(next ? windowText(next) : ""), restMs);
  }, []);
  useEffect(() => () => clearTimeout(rest.current), []);
  useEffect(() => {
    if (!text) setOwn(undefined);
  }, [text]);
  const zoom = useCallback((factor: number, at?: { x: number; y: number }) => {
    const { shown, screen } = current.current;
    if (shown) set(zoomed(shown, factor, at ?? { x: screen.width / 2, y: screen.height / 2 }));
  }, []);
  const move = useCallback((dx: number, dy: number) => {
    const { map, screen, shown } = current.current;
    if (map && shown) set(moved(shown, dx, dy, map, screen));
  }, []);
  const ref = useCallback((found: SVGSVGElement | null) => {
    element.current?.dispatchEvent(new Event("left"));
    element.current = found;
    if (found) follow(found, zoom, move);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [step, 0],
      ArrowRight: [-step, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    };
    const moving = moves[event.key];
    if (moving) move(...moving);
    else if (event.key === "+" || event.key === "=") zoom(1.3);
    else if (event.key === "-") zoom(1 / 1.3);
    else if (event.key === "0") set(undefined);
    else return;
    event.preventDefault();
  };
  return { shown, zoom, fit: () => set(undefined), ref, onKeyDown };
}

type Zoom = (factor: number, at?: { x: number; y: number }) => void;
type Move = (dx: number, dy: number) => void;

/** Listens to a drawing until it is told that it has left. */
function follow(drawing: SVGSVGElement, zoom: Zoom, move: Move): void {
  const gone = new AbortController();
  const { signal } = gone;
  drawing.addEventListener("left", () => gone.abort(), { signal });
  const placeOf = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
    const { left, top } = drawing.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), placeOf(event));
  };
  drawing.addEventListener("wheel", onWheel, { signal, passive: false });
  // By the ids of pointers: one moves the map, two pull it larger.
  const down = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  const onDown = (event: PointerEvent) => {
    down.set(event.pointerId, placeOf(event));
    travelled = 0;
  };
  const onMove = (event: PointerEvent) => {
    const before = down.get(event.pointerId);
    if (!before) return;
    const at = placeOf(event);
    const [dx, dy] = [at.x - before.x, at.y - before.y];
    travelled += Math.abs(dx) + Math.abs(dy);
    if (travelled < slack) return;
    if (!drawing.hasPointerCapture(event.pointerId)) drawing.setPointerCapture(event.pointerId);
    const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    if (other) zoom(apart(at, other) / Math.max(1, apart(before, other)), other);
    else move(dx, dy);
    down.set(event.pointerId, at);
  };
  const onUp = (event: PointerEvent) => down.delete(event.pointerId);
  drawing.addEventListener("pointerdown", onDown, { signal });
  drawing.addEventListener("pointermove", onMove, { signal });
  for (const name of ["pointerup", "pointercancel"] as const) drawing.addEventListener(name, onUp, { signal });
}

function apart(one: { x: number; y: number }, other: { x: number; y: number }): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
