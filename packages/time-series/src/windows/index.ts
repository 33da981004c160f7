export {
  isLocal,
  modulo,
  type FixedWindow,
  type LocalWindow,
  type Run,
  type Span,
  type Window,
  type Windows,
} from "./window.ts";
export { windowFault } from "./window-fault.ts";
export { windowsOf } from "./windows.ts";
