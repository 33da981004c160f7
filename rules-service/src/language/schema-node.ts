/**
 * The part of JSON Schema that rules use. The branches of an `anyOf` differ in their JSON types, so the type of a value
 * selects the branch.
 */
export interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly format?: string;
  /** The branches are told apart by their members; whoever knows them checks the value. */
  readonly "x-checkedByKind"?: boolean;
  /** Names that users may expect here, each with what to write instead. */
  readonly "x-instead"?: Readonly<Record<string, string>>;
}

/** Whether a value has a type of JSON Schema; numbers have to be finite. */
export function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

const articles: Readonly<Record<string, string>> = {
  object: "an object",
  array: "a list",
  integer: "a whole number",
  number: "a number",
  string: "text",
  boolean: "true or false",
};

/** A type of JSON Schema as messages name it. */
export function article(type: string): string {
  return articles[type] ?? type;
}
