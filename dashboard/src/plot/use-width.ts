import { type RefObject, useLayoutEffect, useState } from "react";

/** Widths that are closer than this are one: a scroll bar that comes asks for nothing anew. */
const step = 50;

/** How wide something is, in pixels to the next fifty; undefined until it is there. */
export function useWidth(holder: RefObject<HTMLElement | null>): number | undefined {
  const [width, setWidth] = useState<number>();
  useLayoutEffect(() => {
    const element = holder.current!;
    const measure = (): void => setWidth(Math.max(step, Math.round(element.clientWidth / step) * step));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [holder]);
  return width;
}
