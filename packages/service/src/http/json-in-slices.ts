import { sharedTurn } from "@headwater/core";

export interface LongAnswer<T> {
  /** Members before the list. */
  readonly head: Readonly<Record<string, unknown>>;
  /** The list's own member. */
  readonly name: string;
  readonly items: readonly T[];
  /** An item as JSON. */
  readonly textOf: (item: T) => string;
  /** Members behind the list. */
  readonly tail: Readonly<Record<string, unknown>>;
}

/** Items that are written in one turn of the event loop. */
const itemsASlice = 512;

/** The JSON of an answer whose list may be so long that, written at once, it would hold up everybody else. */
export async function jsonInSlices<T>({ head, name, items, textOf, tail }: LongAnswer<T>): Promise<string> {
  const parts: string[] = [];
  for (let from = 0; from < items.length; from += itemsASlice) {
    await sharedTurn();
    parts.push(
      items
        .slice(from, from + itemsASlice)
        .map(textOf)
        .join(","),
    );
  }
  const members = [...membersOf(head), `${JSON.stringify(name)}:[${parts.join(",")}]`, ...membersOf(tail)];
  return `{${members.join(",")}}`;
}

function membersOf(object: Readonly<Record<string, unknown>>): string[] {
  const text = JSON.stringify(object);
  return text === "{}" ? [] : [text.slice(1, -1)];
}
