/** What a route may ask of whoever calls it. */
export const scopes = [
  "devices:read",
  "devices:write",
  "telemetry:read",
  "commands:read",
  "commands:write",
  "rules:read",
  "rules:write",
  "backtests:read",
  "backtests:write",
  "alerts:read",
  "alerts:write",
  "maintenance:read",
  "maintenance:write",
  "boards:read",
  "boards:write",
  "quarantine:read",
  "quarantine:write",
  "ledger:read",
  "rebuild:write",
  "gateway:read",
  "metrics:read",
  "store:backup",
  "audit:read",
  "access:read",
  "access:write",
] as const;
export type Scope = (typeof scopes)[number];

const all: ReadonlySet<string> = new Set(scopes);
/** They show who may do what, and who did what. */
const ofAdministrators: ReadonlySet<string> = new Set<Scope>(["access:read", "audit:read"]);
const viewer = scopes.filter((scope) => scope.endsWith(":read") && !ofAdministrators.has(scope));
const operator: readonly Scope[] = [
  ...viewer,
  "devices:write",
  "commands:write",
  "rules:write",
  "backtests:write",
  "alerts:write",
  "maintenance:write",
  "boards:write",
  "quarantine:write",
];

/**
 * Names of several scopes at once. An event keeps the name, so that a token of a role gets what a later release adds
 * to it.
 */
export const roles = { viewer, operator, admin: scopes } as const satisfies Record<string, readonly Scope[]>;
export type Role = keyof typeof roles;

/** Whether a token may be given that: a scope, or a role. */
export function isScope(name: string): name is Scope | Role {
  return all.has(name) || Object.hasOwn(roles, name);
}

/** The scopes that the names stand for (`*`: all there are), in one order; names that are unknown stand for none. */
export function expandScopes(names: readonly string[]): readonly Scope[] {
  if (names.includes("*") || names.includes("admin")) return scopes;
  const expanded = new Set(
    names.flatMap<string>((name) => (Object.hasOwn(roles, name) ? roles[name as Role] : [name])),
  );
  return scopes.filter((scope) => expanded.has(scope));
}

/** Whether all that `wanted` stands for is in `held`. */
export function includesScopes(held: readonly string[], wanted: readonly string[]): boolean {
  const has: ReadonlySet<string> = new Set(expandScopes(held));
  return expandScopes(wanted).every((scope) => has.has(scope));
}
