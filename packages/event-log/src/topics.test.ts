import { expect, it } from "vitest";
import { groupUnder, topicNames } from "./topics.ts";

it("a group begins with the prefix of the topics, and knows what it was called without one", () => {
  expect(groupUnder(topicNames("acme."), "ingest")).toEqual({ group: "acme.ingest", formerGroup: "ingest" });
});

it("a group is as it was where there is no prefix, or where it has it already", () => {
  expect(groupUnder(topicNames(), "ingest")).toEqual({ group: "ingest" });
  expect(groupUnder(topicNames("acme."), "acme.ingest")).toEqual({ group: "acme.ingest" });
});
