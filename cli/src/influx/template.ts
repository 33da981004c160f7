import { readFile } from "node:fs/promises";
import { HeadwaterError } from "@headwater/core";
import { parseAllDocuments } from "yaml";

/** The dashboards and checks that come with Headwater. */
export const ownTemplate = new URL("../../../deploy/influxdb/headwater.yml", import.meta.url);

/** A file that is no template; the message says which, and what is wrong with it. */
export class TemplateFileError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "influx-template";
}

/** One resource of a template of InfluxDB. */
export interface TemplateResource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** @throws TemplateFileError if it cannot be read, or is none. */
export async function readTemplate(file: string | URL, bucket: string): Promise<TemplateResource[]> {
  const shown = typeof file === "string" ? file : file.pathname;
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new TemplateFileError(`The template ${shown} cannot be read (${error.code})`, { cause: error });
  });
  const resources = parseAllDocuments(text).map((document): unknown => {
    const [fault] = document.errors;
    if (fault !== undefined) throw new TemplateFileError(`The template ${shown} is not YAML: ${fault.message}`);
    return document.toJS();
  });
  if (resources.length === 0) throw new TemplateFileError(`The template ${shown} is empty`);
  return resources.map((each) => {
    if (!isResource(each)) {
      throw new TemplateFileError(`A document of the template ${shown} lacks kind, metadata.name or spec`);
    }
    return inBucket(each, bucket);
  });
}

function isResource(value: unknown): value is TemplateResource {
  const { kind, metadata, spec } = (value ?? {}) as Partial<TemplateResource>;
  return typeof kind === "string" && typeof metadata?.name === "string" && typeof spec === "object" && spec !== null;
}

/** Dashboards read the bucket from a variable; a check, which has no variables, names it. */
function inBucket(resource: TemplateResource, bucket: string): TemplateResource {
  const { kind, metadata, spec } = resource;
  if (metadata.name === "headwater-bucket") return { ...resource, spec: { ...spec, values: [bucket] } };
  if (!kind.startsWith("Check") || typeof spec["query"] !== "string") return resource;
  const query = spec["query"].replace('from(bucket: "headwater")', () => `from(bucket: ${fluxText(bucket)})`);
  return { ...resource, spec: { ...spec, query } };
}

/** In Flux, `${` begins an expression in a text. */
function fluxText(text: string): string {
  return JSON.stringify(text).replaceAll("${", "\\${");
}
