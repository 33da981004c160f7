import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { AccessRules } from "./access-rules.ts";
import { filterMatches, isTopicFilter } from "./topic-filter.ts";

const facts = { device: "edge-7", type: "gateway", tags: { site: "north", odd: "a/b", wild: "+" } };
const none = new AccessRules([]).permissionsOf(facts);

describe("what a device may do", () => {
  it.each([
    ["devices/edge-7/telemetry", true],
    ["devices/edge-7/", true],
    ["devices/edge-7", false],
    ["devices/edge-70/telemetry", false],
    ["devices/other/telemetry", false],
    ["v1/devices/me/telemetry", true],
    ["$SYS/broker", false],
    ["$share/g/devices/edge-7/#", false],
  ])("without rules: publish to %s: %s", (topic, may) => {
    expect(none.mayPublish(topic)).toBe(may);
  });

  it.each([
    ["devices/edge-7/#", true],
    ["devices/+/telemetry", false],
    ["#", false],
    ["+/edge-7/#", false],
    ["devices/#", false],
    ["$SYS/#", false],
    ["$share/g/devices/edge-7/commands/+", false],
  ])("without rules: subscribe to %s: %s", (filter, may) => {
    expect(none.maySubscribe(filter)).toBe(may);
  });

  it("rules add topics with what is known of the device", () => {
    const permissions = new AccessRules([
      { publish: ["spBv1.0/{tag.site}/+/{device}/#"], subscribe: ["spBv1.0/{tag.site}/NCMD/{device}"] },
      { types: ["gateway"], subscribe: ["sites/{tag.site}/#"] },
      { types: ["meter"], publish: ["meters/#"] },
      { tags: { site: ["south"] }, publish: ["south/#"] },
    ]).permissionsOf(facts);
    expect(permissions.mayPublish("spBv1.0/north/NBIRTH/edge-7")).toBe(true);
    expect(permissions.mayPublish("spBv1.0/north/DDATA/edge-7/pump")).toBe(true);
    expect(permissions.mayPublish("spBv1.0/south/NBIRTH/edge-7")).toBe(false);
    expect(permissions.mayPublish("meters/1")).toBe(false);
    expect(permissions.mayPublish("south/1")).toBe(false);
    expect(permissions.maySubscribe("sites/north/+/alarm")).toBe(true);
    expect(permissions.maySubscribe("sites/#")).toBe(false);
    expect(permissions.mayReceive("sites/north/a")).toBe(true);
    expect(permissions.mayReceive("sites/south/a")).toBe(false);
  });

  it("a value with a slash or a wildcard, or a tag that is not there, grants nothing", () => {
    const rules = ["x/{tag.odd}/#", "x/{tag.wild}/#", "x/{tag.none}/#", "x/{tag.constructor}/#"];
    const permissions = new AccessRules([{ publish: rules, subscribe: rules }]).permissionsOf(facts);
    expect(permissions.key).toBe(none.key);
  });

  it("a value never opens what begins with $", () => {
    const permissions = new AccessRules([{ publish: ["{type}/#", "+/#"], subscribe: ["{type}/#", "#"] }]).permissionsOf(
      {
        ...facts,
        type: "$SYS",
      },
    );
    expect(permissions.mayPublish("$SYS/broker")).toBe(false);
    expect(permissions.maySubscribe("$SYS/#")).toBe(false);
    expect(permissions.maySubscribe("#")).toBe(true);
  });

  it("what a rule denies no other allows, in whatever order, nor does being the device's own topic", () => {
    const rules = [
      { deny: true, publish: ["sites/north/locks/#", "devices/{device}/config"], subscribe: ["sites/+/secret/#"] },
      { publish: ["sites/#"], subscribe: ["sites/#"] },
    ];
    for (const each of [rules, rules.toReversed()]) {
      const permissions = new AccessRules(each).permissionsOf(facts);
      expect(permissions.mayPublish("sites/north/a")).toBe(true);
      expect(permissions.mayPublish("sites/north/locks/1")).toBe(false);
      expect(permissions.isDenied("sites/north/locks")).toBe(true);
      expect(permissions.mayPublish("devices/edge-7/config")).toBe(false);
      expect(permissions.mayPublish("devices/edge-7/configs")).toBe(true);
      expect(permissions.maySubscribe("sites/north/secret/1")).toBe(false);
      expect(permissions.maySubscribe("sites/+/secret/#")).toBe(false);
      // A broader subscription is granted, and hears all but what is denied.
      expect(permissions.maySubscribe("sites/#")).toBe(true);
      expect(permissions.mayReceive("sites/north/a")).toBe(true);
      expect(permissions.mayReceive("sites/north/secret/1")).toBe(false);
    }
  });

  it("a rule that denies by what a device lacks denies every value of it", () => {
    const rule = { deny: true, subscribe: ["x/{tag.odd}/a", "y/{tag.none}-{type}/a", "z/{tag.site}"] };
    const permissions = new AccessRules([{ subscribe: ["#"] }, rule]).permissionsOf(facts);
    expect(["x/a/a", "x/b/a", "y/1-gateway/a", "z/north"].map((topic) => permissions.mayReceive(topic))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(permissions.mayReceive("z/south")).toBe(true);
  });

  it("denies whoever has no login by the rules that ask for neither type nor tag", () => {
    const { anonymous } = new AccessRules([
      { deny: true, publish: ["a/#", "devices/{device}/admin"], subscribe: ["test/nosubscribe"] },
      { deny: true, types: ["gateway"], publish: ["b/#"] },
      { subscribe: ["c"] },
    ]);
    expect(["a", "a/1", "devices/x/admin", "b/1"].map((topic) => anonymous.mayPublish(topic))).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(anonymous.maySubscribe("test/nosubscribe")).toBe(false);
    expect(anonymous.maySubscribe("test/#")).toBe(true);
    expect(anonymous.mayReceive("test/nosubscribe")).toBe(false);
  });

  it("rights that differ in what is denied have different keys", () => {
    const rules = new AccessRules([{ deny: true, tags: { site: ["north"] }, publish: ["a"] }]);
    const south = { ...facts, tags: { site: "south" } };
    expect(rules.permissionsOf(facts).key).not.toBe(rules.permissionsOf(south).key);
  });

  it("sharing is a right of its own, for groups and filters that a rule names, and never of what begins with $", () => {
    const shared = (filter: string) => `\u0001share/${filter}`;
    const permissions = new AccessRules([
      { subscribe: ["#"] },
      { subscribe: ["$share/{type}/sites/{tag.site}/#"] },
      { subscribe: ["$share/+/all/#", "$share/free/{tag.none}/#"] },
      { deny: true, subscribe: ["sites/+/secret/#", "$share/bad/#"] },
    ]).permissionsOf(facts);
    const may = (filter: string) => permissions.maySubscribe(shared(filter));
    expect(["gateway/sites/north/#", "gateway/sites/north/a", "x/all/b"].map(may)).toEqual([true, true, true]);
    expect(["gateway/sites/#", "other/sites/north/#", "g/devices/edge-7/#", "g/a"].map(may)).toEqual(
      Array.from({ length: 4 }, () => false),
    );
    expect(["gateway/sites/north/secret/1", "bad/all/x", "gateway/$SYS/#", "x/$SYS/#"].map(may)).toEqual(
      Array.from({ length: 4 }, () => false),
    );
    expect(permissions.mayShare).toBe(true);
    // What it wrote itself comes from no guard.
    expect(permissions.maySubscribe("$share/gateway/sites/north/#")).toBe(false);
    expect(none.mayShare).toBe(false);
    const receives = new AccessRules([{ subscribe: ["$share/w/sites/{tag.site}/#"] }]).permissionsOf(facts);
    expect([receives.mayReceive("sites/north/a"), receives.mayReceive("sites/south/a")]).toEqual([true, false]);
    expect(receives.maySubscribe("sites/north/a")).toBe(false);
    const odd = new AccessRules([{ subscribe: ["$share/w/{type}/#"] }]).permissionsOf({ ...facts, type: "$SYS" });
    expect(odd.mayShare).toBe(false);
  });

  it.each([
    [{ publish: ["a/#/b"] }, /acl\[0\]\.publish\[0\]: a\/#\/b is no topic filter/],
    [{ subscribe: ["ok", "x/{name}"] }, /acl\[0\]\.subscribe\[1\]: \{name\}/],
    [{ subscribe: ["$SYS/#"] }, /closed to devices/],
    [{ subscribe: ["$share/g/$SYS/#"] }, /closed to devices but for \$share/],
    [{ publish: ["$share/g/a"] }, /closed to devices/],
    [{ types: ["x"] }, /acl\[0\] grants nothing/],
    [{ types: ["x"], deny: true }, /acl\[0\] denies nothing/],
  ])("a rule that cannot be is refused: %j", (rule, message) => {
    expect(() => new AccessRules([rule])).toThrow(message);
  });

  it("whatever a granted subscription can hear, the device may receive; whatever it may publish, a rule matches", () => {
    const level = fc.constantFrom("devices", "edge-7", "other", "sites", "north", "v1", "me", "$SYS", "");
    const filter = fc
      .tuple(fc.array(fc.oneof(level, fc.constant("+")), { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([levels, open]) => [...levels, ...(open ? ["#"] : [])].join("/"));
    const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join("/"));
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 3 }), filter, topic, (granted, asked, said) => {
        const usable = granted.filter((each) => isTopicFilter(each) && !each.startsWith("$"));
        const rules = usable.length === 0 ? [] : [{ publish: usable, subscribe: usable }];
        const permissions = new AccessRules(rules).permissionsOf(facts);
        const own = said.startsWith("devices/edge-7/") || said.startsWith("v1/devices/me/");
        expect(permissions.mayPublish(said)).toBe(own || usable.some((each) => filterMatches(each, said)));
        // `me` is another device on every connection, so nothing is passed on there.
        if (permissions.maySubscribe(asked) && filterMatches(asked, said) && !`${said}/`.startsWith("v1/devices/me/")) {
          expect(permissions.mayReceive(said)).toBe(true);
        }
      }),
      { numRuns: propertyRuns(3000) },
    );
  });
});
