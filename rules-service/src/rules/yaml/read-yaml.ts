import { isScalar, parseDocument, visit, type YAMLMap } from "yaml";

/** What a text is in YAML, or why it is none. */
export type YamlOutcome = { readonly value: unknown } | { readonly problem: string };

/** Most aliases in a YAML document. Each is a copy, so a small document could become a huge one. */
const maxAliases = 100;

/** Reads one document of YAML 1.2. Its warnings, an unknown directive for example, are nobody's. */
export function readYaml(text: string): YamlOutcome {
  try {
    // The parser compares each key with every other one of its map; the check below takes a step a key.
    const document = parseDocument(text, { uniqueKeys: false, stringKeys: true, logLevel: "error" });
    const [error] = document.errors;
    if (error !== undefined) return { problem: firstLine(error) };
    let repeated: string | undefined;
    visit(document, {
      Map(_, map) {
        repeated ??= repeatedKey(map);
        return repeated === undefined ? undefined : visit.BREAK;
      },
    });
    if (repeated !== undefined) return { problem: `the key ${JSON.stringify(repeated.slice(0, 60))} is there twice` };
    return { value: document.toJS({ maxAliasCount: maxAliases }) as unknown };
  } catch (error) {
    // Too many aliases are a ReferenceError, a document that nests too deep is a RangeError.
    if (!(error instanceof ReferenceError) && !(error instanceof RangeError)) throw error;
    return { problem: firstLine(error) };
  }
}

function repeatedKey(map: YAMLMap): string | undefined {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    const name = isScalar(key) ? String(key.value) : undefined;
    if (name === undefined) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

function firstLine({ message }: Error): string {
  return message.split("\n", 1)[0]!.replace(/:$/, "");
}
