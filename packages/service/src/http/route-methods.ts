/** Which methods a path takes, asked only for paths that were not found under the method they came with. */
export class RouteMethods {
  readonly #routes: { readonly url: string; readonly pattern: RegExp; readonly methods: Set<string> }[] = [];

  readonly #plain = new Set<string>();

  /** Whether a route has just that path, without a parameter: another route that fits it too does not count there. */
  isPlain(path: string): boolean {
    return this.#plain.has(path);
  }

  add(url: string, methods: readonly string[]): void {
    if (!/[:*]/.test(url)) this.#plain.add(url);
    const source = url
      .split("/")
      .map((segment) => {
        if (segment === "*") return ".*";
        // A parameter may be part of a segment (`:file.csv`).
        return segment.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll(/:\w+/g, "[^/]+");
      })
      .join("/");
    this.#routes.push({ url, pattern: new RegExp(`^${source}/?$`), methods: new Set(methods) });
  }

  /** Every method that some route takes at this path, sorted. */
  allowed(path: string): readonly string[] {
    const methods = new Set<string>();
    const plain = this.isPlain(path);
    for (const route of this.#routes) {
      if (!route.pattern.test(path)) continue;
      if (plain && route.url !== path) continue;
      for (const method of route.methods) methods.add(method);
    }
    return [...methods].toSorted();
  }
}
