import { useCallback, useRef, useState } from "preact/hooks";

/** The size of an element as it is laid out, what is to be its ref, and the element, which may come and go. */
export function useSize<Kind extends Element>() {
  const element = useRef<Kind | null>(null);
  const observer = useRef<ResizeObserver | undefined>(undefined);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const ref = useCallback((found: Kind | null) => {
    observer.current?.disconnect();
    element.current = found;
    if (!found) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = found;
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
    };
    measure();
    observer.current = new ResizeObserver(measure);
    observer.current.observe(found);
  }, []);
  return { ref, size, element };
}
