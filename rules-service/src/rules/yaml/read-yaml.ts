import { isScalar, parseAllDocuments, parseDocument, visit, type Document, type YAMLMap } from "yaml";

/** What a text is in YAML, or why it is none. */
export type YamlOutcome = { readonly value: unknown } | { readonly problem: string };

/** Most aliases in a YAML document. Each is a copy, so a small document could become a huge one. */
const maxAliases = 100;

// The parser compares each key with every other one of its map; the check of `valueOf` takes a step a key.
// Tags like !!set and !!omap would make what JSON has not, and loses without a word.
const parsing = { uniqueKeys: false, stringKeys: true, resolveKnownTags: false, logLevel: "error" } as const;

/** Reads one document of YAML 1.2. Its warnings, an unknown directive for example, are nobody's. */
export function readYaml(text: string): YamlOutcome {
  return guarded(() => valueOf(parseDocument(text, parsing)));
}

/** Reads every document of a text, as a list; those that hold nothing are left out. */
export function readAllYaml(text: string): YamlOutcome {
  return guarded(() => {
    const parsed = parseAllDocuments(text, parsing);
    const values: unknown[] = [];
    for (const [index, document] of ("empty" in parsed ? [] : parsed).entries()) {
      const outcome = valueOf(document);
      if ("problem" in outcome) return { problem: `document ${index + 1}: ${outcome.problem}` };
      if (!isBlank(document)) values.push(outcome.value);
    }
    return { value: values };
  });
}

/** Without a word, as after the last `---` of a file; a null that is written is a value. */
function isBlank({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null && !contents.source);
}

function valueOf(document: Document): YamlOutcome {
  const [error] = document.errors;
  if (error !== undefined) return { problem: problemOf(error) };
  let problem: string | undefined;
  visit(document, {
    Map(_, map) {
      const repeated = repeatedKey(map);
      if (repeated !== undefined) problem = `the key ${JSON.stringify(repeated.slice(0, 60))} is there twice`;
      return problem === undefined ? undefined : visit.BREAK;
    },
    Scalar(_, { value }) {
      // As in bodies of JSON: it has no form in UTF-8, so no event that holds it could be read again.
      if (typeof value === "string" && !value.isWellFormed()) problem = "a text is no valid Unicode";
      return problem === undefined ? undefined : visit.BREAK;
    },
  });
  if (problem !== undefined) return { problem };
  return { value: document.toJS({ maxAliasCount: maxAliases }) as unknown };
}

function guarded(read: () => YamlOutcome): YamlOutcome {
  try {
    return read();
  } catch (error) {
    // Too many aliases are a ReferenceError, a document that nests too deep is a RangeError.
    if (!(error instanceof ReferenceError) && !(error instanceof RangeError)) throw error;
    return { problem: problemOf(error) };
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

/** What the parser says is for people, but for its advice to programs and what it says of itself. */
function problemOf(error: Error & { readonly code?: string }): string {
  if (error.code === "MULTIPLE_DOCS") return "it has several documents; send one, or import them all (rules/import)";
  return error.message.startsWith("Maximum call stack") ? "it nests too deep" : firstLine(error);
}

function firstLine({ message }: Error): string {
  return message.split("\n", 1)[0]!.replace(/:$/, "");
}
