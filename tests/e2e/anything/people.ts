import { type ApiClient, ApiError, ProblemError } from "@headwater/client";
import { sleep } from "@headwater/core";
import type { Platform } from "../platform/platform.ts";
import type { Chance } from "./chance.ts";
import type { Fleet } from "./fleet.ts";

const conditions: readonly object[] = [
  { metric: "temperature", above: { warning: 80, critical: 100 }, clearBelow: 70 },
  { metric: "temperature", above: 90, for: "1s" },
  { metric: "temperature", window: { over: "5s" }, aggregate: "mean", above: 60 },
  { metric: "temperature", window: { over: "5s" }, aggregate: "p95", above: 100 },
  { metric: "temperature", change: { since: "2s" }, above: 30 },
  { metric: "temperature", rate: { over: "5s", per: "1s" }, above: 3 },
  { metric: "temperature", relativeTo: { over: "10s", aggregate: "mean", floor: 5 }, above: 1.3 },
  { metric: "temperature", above: 80, times: 3 },
  { metric: "temperature", op: ">", attribute: "limit", default: 50 },
  { metric: "door", equals: "open" },
  { metric: "mixed", changesTo: "open" },
  { absent: "3s" },
  { all: [{ metric: "temperature", above: 60 }, { not: { metric: "mixed", equals: true } }], for: "1s" },
  { expression: "metrics.temperature > 80.0 && device.tags.site == 'north'" },
];
const selectors: readonly object[] = [{ types: ["boiler"] }, { ids: ["d*"] }, { tags: { site: ["north"] } }];
const rules = Array.from({ length: 10 }, (_, n) => `r${n}`);
const windows = ["m0", "m1", "m2"];
const mostPauseMs = 80;
const alertActs: readonly (readonly [string, object])[] = [
  ...(["acknowledge", "clear", "unsnooze"] as const).map((act) => [act, {}] as const),
  ["snooze", { for: "2s" }],
  ["assign", { assignee: "ann" }],
];

/** People who do whatever the API offers, with no regard for what others do at the time. */
export class People {
  /** Answers of 500: what nobody may ever get. */
  readonly faults: string[] = [];
  readonly #platform: Platform;
  readonly #fleet: Fleet;
  readonly #chance: Chance;
  readonly #deeds: readonly (() => Promise<void>)[];

  constructor(platform: Platform, fleet: Fleet, chance: Chance) {
    this.#platform = platform;
    this.#fleet = fleet;
    this.#chance = chance;
    const [rule, device] = [() => chance.of(rules), () => chance.of(fleet.ids)];
    this.#deeds = [
      () => this.#try(() => fleet.begin(device())),
      () => this.#delete(device()),
      () => this.#ask("PATCH", `/api/v1/devices/${device()}`, { attributes: { limit: chance.below(100) } }),
      () => this.#ask("PATCH", `/api/v1/devices/${device()}`, { tags: { site: chance.of(["north", "south"]) } }),
      () => this.#ask("PUT", `/api/v1/rules/${rule()}`, this.#rule()),
      () => this.#ask("POST", "/api/v1/rules", { id: rule(), ...this.#rule() }),
      () => this.#ask("POST", `/api/v1/rules/${rule()}/enable`),
      () => this.#ask("POST", `/api/v1/rules/${rule()}/enable`),
      () => this.#ask("POST", `/api/v1/rules/${rule()}/${chance.of(["disable", "shadow"])}`),
      () => (chance.is(0.3) ? this.#ask("DELETE", `/api/v1/rules/${rule()}`) : Promise.resolve()),
      () => this.#ask("POST", "/api/v1/quarantine/redrive", chance.of([{ all: true }, { device: device() }])),
      () => this.#ask("POST", "/api/v1/quarantine/redrive", { all: true }),
      () => this.#mend(),
      () => this.#ask("POST", `/api/v1/devices/${device()}/commands`, { name: "x", ttl: chance.of(["1s", "5s"]) }),
      () => this.#handle(),
      () => this.#ask("POST", "/api/v1/alerts/acknowledge", { filter: { rule: rule() } }),
      () => this.#maintain(),
      () => this.#ask("DELETE", `/api/v1/maintenance/${chance.of(windows)}`),
      () => this.#ask("POST", "/api/v1/backtests", { rule: { id: "draft", ...this.#rule() }, from: "-1m" }),
      () => this.#ask("POST", "/api/v1/rebuilds", { from: "-20s", to: "-5s", force: false }),
      () => this.#ask("GET", `/api/v1/devices/${device()}/series?metric=temperature&from=-5m&window=1s`),
      () => this.#ask("GET", "/api/v1/ledger?verify=true"),
      () => Promise.resolve(fleet.cut(device())),
    ];
  }

  async begin(): Promise<void> {
    await Promise.all(this.#fleet.ids.map((id) => this.#fleet.begin(id)));
    for (const id of rules) {
      await this.#platform.rules.request("POST", "/api/v1/rules", { id, ...this.#rule() });
      await this.#platform.rules.request("POST", `/api/v1/rules/${id}/enable`);
    }
  }

  /** One thing after the other until the signal says that it is enough. */
  async act(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#chance.of(this.#deeds)();
      await sleep(this.#chance.below(mostPauseMs));
    }
  }

  #rule(): object {
    const chance = this.#chance;
    const command = { command: { name: "shut", ttl: chance.of(["2s", "10s"]) }, on: ["raised", "cleared"] };
    return {
      ...{ condition: chance.of(conditions), selector: chance.of(selectors), wait: "1s" },
      ...{ lateness: chance.of(["1s", "10s"]), actions: [command] },
      ...(chance.is(0.3) && { flapping: { transitions: 6, within: "10s" } }),
    };
  }

  async #delete(id: string): Promise<void> {
    if (!this.#chance.is(0.3)) return;
    this.#fleet.gone(id);
    await this.#ask("DELETE", `/api/v1/devices/${id}?data=${this.#chance.of(["keep", "delete"])}`);
  }

  async #mend(): Promise<void> {
    const entry = await this.#one("/api/v1/quarantine?limit=50&state=quarantined");
    if (entry === undefined) return;
    const mended = this.#chance.of<object>([
      { json: { temperature: 20 } },
      { seriesLimit: 10 + this.#chance.below(30) },
      { text: "nonsense" },
    ]);
    await this.#ask("POST", `/api/v1/quarantine/${encodeURIComponent(entry)}/fix`, mended);
  }

  async #handle(): Promise<void> {
    const alert = await this.#one("/api/v1/alerts?limit=50&state=open");
    const [act, body] = this.#chance.of(alertActs);
    if (alert !== undefined) await this.#ask("POST", `/api/v1/alerts/${encodeURIComponent(alert)}/${act}`, body);
  }

  #maintain(): Promise<void> {
    const from = Date.now() + this.#chance.below(3_000);
    const span = { from: new Date(from).toISOString(), to: new Date(from + 5_000).toISOString() };
    const selector = { ids: [this.#chance.of(this.#fleet.ids)] };
    return this.#ask("POST", "/api/v1/maintenance", { id: this.#chance.of(windows), selector, ...span });
  }

  /** The id of one of a list. */
  async #one(path: string): Promise<string | undefined> {
    let ids: readonly string[] = [];
    await this.#try(async () => {
      const { items } = await this.#clientFor(path).request<{ items: { id: string }[] }>("GET", path);
      ids = items.map(({ id }) => id);
    });
    return ids.length === 0 ? undefined : this.#chance.of(ids);
  }

  #ask(method: string, path: string, body?: object): Promise<void> {
    return this.#try(() => this.#clientFor(path).request(method, path, body));
  }

  #clientFor(path: string): ApiClient {
    const isOfRules = /^\/api\/v1\/(?:rules|alerts|maintenance|backtests)\b/.test(path);
    return isOfRules ? this.#platform.rules : this.#platform.ingest;
  }

  /** Being refused, or finding nobody there, is part of the game. */
  async #try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error instanceof ProblemError && error.status === 500) this.faults.push(error.message);
    }
  }
}
