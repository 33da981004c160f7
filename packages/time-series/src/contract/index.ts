import { afterAll, beforeAll, describe } from "vitest";
import { changesContract } from "./changes.ts";
import { fleetsContract } from "./fleets.ts";
import { namesContract } from "./names.ts";
import { pointAggregatesContract } from "./point-aggregates.ts";
import { pointsContract } from "./points.ts";
import { queriesContract } from "./queries.ts";
import { windowsContract } from "./windows.ts";
import type { StoreUnderTest } from "./store-under-test.ts";

export { retentionContract, type AgingStore } from "./retention.ts";
export type { OpenStore, StoreUnderTest } from "./store-under-test.ts";

/** The contract of the time-series store; an adapter is right when it passes. */
export function timeSeriesContract(name: string, factory: () => Promise<StoreUnderTest>): void {
  describe(`time-series store: ${name}`, () => {
    let subject: StoreUnderTest | undefined;
    const current = (): StoreUnderTest => subject as StoreUnderTest;
    beforeAll(async () => {
      subject = await factory();
    });
    afterAll(async () => subject?.dispose());
    describe("points", () => pointsContract(current));
    describe("names", () => namesContract(current));
    describe("queries", () => queriesContract(current));
    describe("aggregates of points", () => pointAggregatesContract(current));
    describe("windows and order", () => windowsContract(current));
    describe("fleets", () => fleetsContract(current));
    describe("changes", () => changesContract(current));
  });
}
