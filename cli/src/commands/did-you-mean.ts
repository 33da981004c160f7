import { nearest } from "@headwater/service";

/** ` (did you mean …?)` for something that is not there, if something known is near; else nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = nearest(name, known);
  return near === undefined ? "" : ` (did you mean ${near}?)`;
}
