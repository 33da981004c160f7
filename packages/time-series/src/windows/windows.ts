import { FixedWindows } from "./fixed-windows.ts";
import { CalendarWindows } from "./calendar-windows.ts";
import { ClockWindows } from "./clock-windows.ts";
import { isLocal, type Window, type Windows } from "./window.ts";

/** The window is one that `windowFault` finds no fault with. */
export function windowsOf(window: Window): Windows {
  if (!isLocal(window)) {
    return typeof window === "number"
      ? new FixedWindows(window, 0)
      : new FixedWindows(window.every, window.offset ?? 0);
  }
  return window.unit === "clock" ? new ClockWindows(window) : new CalendarWindows(window);
}
