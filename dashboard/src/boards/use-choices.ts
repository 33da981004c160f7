import { useResource } from "../data/use-resource.ts";
import { type Board, type Choices } from "./board.ts";
import { devicesLike } from "./variables.tsx";

/** What the address chooses, else the board, else the first device there is. */
export function useChoices({ variables = [] }: Board, search: URLSearchParams): Choices {
  const open = variables.filter(
    ({ name, kind, default: usual }) => kind === "device" && !search.get(name) && usual === undefined,
  );
  const { resource } = useResource(JSON.stringify(open), async () => {
    const first = open.map(async ({ name, type }) => [name, (await devicesLike("", type, 1))[0] ?? ""] as const);
    return Object.fromEntries(await Promise.all(first));
  });
  const chosen = variables.map(({ name, default: usual = "" }) => {
    // A group may be left out by hand where the board has one.
    const given = search.get(name) ?? usual;
    return [name, given === "" ? (resource.value?.[name] ?? "") : given] as const;
  });
  return Object.fromEntries(chosen.filter(([, value]) => value !== ""));
}
