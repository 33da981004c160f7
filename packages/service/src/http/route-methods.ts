/** Which methods a path takes, asked only for paths that were not found under the method they came with. */
export class RouteMethods {
  readonly #routes: { readonly pattern: RegExp; readonly methods: Set<string> }[] = [];

  add(url: string, methods: readonly string[]): void {
    const source = url
      .split("/")
      .map((segment) => {
        if (segment === "*") return ".*";
        // A parameter may be part of a segment (`:file.csv`).
        return segment.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll(/:\w+/g, "[^/]+");
      })
      .join("/");
    this.#routes.push({ pattern: new RegExp(`^${source}/?$`), methods: new Set(methods) });
  }

  /** Every method that some route takes at this path, sorted. */
  allowed(path: string): readonly string[] {
    const methods = new Set<string>();
    for (const route of this.#routes) {
      // A route for everything (the page's files) says nothing of this path.
      if (route.pattern.source === "^/.*/?$" || !route.pattern.test(path)) continue;
      for (const method of route.methods) methods.add(method);
    }
    return [...methods].toSorted();
  }
}
