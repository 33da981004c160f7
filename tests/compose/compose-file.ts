import { readFileSync } from "node:fs";
import { parse } from "yaml";

export const checkout = new URL("../../", import.meta.url);

export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly container_name?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly GrantedSecret[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly cap_drop?: readonly string[];
}

export interface GrantedSecret {
  readonly source: string;
  readonly uid: string;
  readonly gid: string;
  readonly mode: string;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly secrets: Readonly<Record<string, { readonly environment?: string; readonly file?: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export const composeText = readFileSync(new URL("compose.yaml", checkout), "utf8");
export const secondText = readFileSync(new URL("compose.second.yaml", checkout), "utf8");

/** compose.yaml as Compose reads it: variables interpolated from `environment`, then anchors merged. */
export function composeFile(environment: Readonly<Record<string, string>> = {}): ComposeFile {
  return parse(interpolate(withoutComments(composeText), environment), { merge: true }) as ComposeFile;
}

/** The services that are Headwater itself: built from the checkout, and started as the image says. */
export function ownServices(file: ComposeFile): [name: string, service: ComposeService][] {
  return built(file).filter(([, service]) => service.entrypoint === undefined);
}

/** Those that run a command of Headwater to its end before others start. */
export function oneShotServices(file: ComposeFile): [name: string, service: ComposeService][] {
  return built(file).filter(([, service]) => service.entrypoint !== undefined);
}

function built(file: ComposeFile): [name: string, service: ComposeService][] {
  return Object.entries(file.services).filter(([, service]) => service.build !== undefined);
}

type Extending = Partial<ComposeService> & { readonly extends?: { readonly file: string; readonly service: string } };

/**
 * compose.yaml and compose.second.yaml as Compose merges them. What is written here is as much of that as the second
 * file uses: `extends` takes all of the first file's service, `!override` replaces a list, other lists grow, and
 * `environment` grows by its keys.
 */
export function withSecond(environment: Readonly<Record<string, string>> = {}): ComposeFile {
  // Every list of an extending service has the tag, so that merging is replacing; the test says so.
  const text = interpolate(withoutComments(secondText), environment).replaceAll(" !override\n", "\n");
  const second = parse(text) as {
    readonly services: Readonly<Record<string, Extending>>;
    readonly volumes: ComposeFile["volumes"];
  };
  const first = composeFile(environment);
  const services: Record<string, ComposeService> = { ...first.services };
  for (const [name, { extends: base, ...own }] of Object.entries(second.services)) {
    const from = first.services[base?.service ?? name];
    if (from === undefined) throw new Error(`compose.second.yaml: ${name} has nothing to build on`);
    const lists = base === undefined ? { volumes: [...(from.volumes ?? []), ...(own.volumes ?? [])] } : {};
    services[name] = { ...from, ...own, ...lists, environment: { ...from.environment, ...own.environment } };
  }
  return { services, secrets: first.secrets, volumes: { ...first.volumes, ...second.volumes } };
}

export function interpolate(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_whole, name: string, operator?: string, rest?: string) => {
      const value = environment[name];
      if (value !== undefined && value !== "") return value;
      if (operator === "-") return rest ?? "";
      throw new Error(`compose.yaml needs ${name}${rest ? `: ${rest}` : ""}`);
    },
  );
}

/** A comment may show a variable of the shell, which is not Compose's to fill in. */
function withoutComments(text: string): string {
  return text.replaceAll(/^\s*#.*$/gm, "");
}

export interface ImageRecipe {
  readonly user: string | undefined;
  /** `NAME=value` of ENV. */
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[];
  readonly bases: readonly string[];
  readonly stages: readonly string[];
}

/** What the last stage of the Dockerfile sets, as far as it matters to whoever starts the image. */
export function imageRecipe(): ImageRecipe {
  const lines = readFileSync(new URL("Dockerfile", checkout), "utf8").split("\n");
  const froms = lines.flatMap((line) => /^FROM (\S+) AS (\S+)/.exec(line) ?? []).filter((_part, i) => i % 3 > 0);
  const stages = froms.filter((_part, i) => i % 2 === 1);
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")));
  const value = (instruction: string): string | undefined =>
    last.findLast((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1);
  return {
    user: value("USER"),
    environment: last.flatMap((line) => /^ENV (\S+)$/.exec(line)?.[1] ?? []),
    entrypoint: JSON.parse(value("ENTRYPOINT") ?? "[]") as string[],
    bases: froms.filter((part, i) => i % 2 === 0 && !stages.includes(part)),
    stages,
  };
}
