import { describe, expect, it } from "vitest";
import { Problems } from "../language/problems.ts";
import { bodies } from "./webhook/formats.ts";
import { checkAnnotations, filled, type Told } from "./template.ts";
import { wordsOf } from "./wording.ts";

const told: Told = {
  ...{ trigger: "raised", alert: "a1", transition: 1, repetition: 0, device: "boiler-1", at: 0, by: "", comment: "" },
  ...{ rule: { id: "hot", name: "Hot", revision: 3 }, severity: "critical", metric: "t", value: 95, threshold: 90 },
  ...{ raisedAt: 0, clearedAt: undefined, cause: "", labels: { team: "heating" } },
};

function problems(annotations: Record<string, string>, labels = {}): string[] {
  const found = new Problems();
  checkAnnotations(annotations, labels, "/annotations", found);
  return found.list.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

describe("placeholders of annotations", () => {
  it("are filled in with what is told", () => {
    const annotations = {
      summary: "{{device.id}} at {{ value }} °C, limit {{threshold}}, for {{labels.team}}",
      more: "{{rule.name}} {{rule.revision}} {{severity}} {{trigger}} {{metric}} {{raisedAt}}{{clearedAt}}",
      plain: "{ not: {one} }",
    };
    expect(problems(annotations, told.labels)).toEqual([]);
    expect(filled(annotations, told)).toEqual({
      summary: "boiler-1 at 95 °C, limit 90, for heating",
      more: "Hot 3 critical raised t 1970-01-01T00:00:00.000000Z",
      plain: "{ not: {one} }",
    });
  });

  it("are refused with the remedy where nothing will ever fill them", () => {
    expect(problems({ summary: "{{devise.id}}" })).toEqual([
      expect.stringMatching(/^\/annotations\/summary names \{\{devise\.id\}\}.*choose from device\.id.*labels\.NAME/),
    ]);
    expect(problems({ a: "{{labels.team}}" })).toEqual([expect.stringContaining("no label team; add it to labels")]);
    expect(problems({ a: "{{value" })).toEqual([expect.stringContaining("does not end; write it like {{device.id}}")]);
    for (const name of ["constructor", "__proto__", "toString", "labels.__proto__", "labels.constructor", ""]) {
      expect(problems({ a: `{{${name}}}` }), name).toHaveLength(1);
    }
  });

  it("of a rule that is older than they are stay as they are written", () => {
    expect(filled({ a: "{{devise.id}} {{labels.x}} {{constructor}}" }, told)).toEqual({
      a: "{{devise.id}} {{labels.x}} {{constructor}}",
    });
  });

  it("are filled in once, and bounded", () => {
    const value = "{{labels.team}}".repeat(200);
    expect(filled({ a: "{{value}}" }, { ...told, value })["a"]).toBe(value);
    const many = filled({ a: "{{value}}".repeat(200) }, { ...told, value })["a"]!;
    expect(many).toHaveLength(4000);
  });
});

describe("an annotation whose value is hostile", () => {
  const hostile = '"}],"x":1}\r\nBcc: all@plant.example\n@everyone <!channel> [a](http://b) **c** \u202e';
  const occasion = {
    ...{ ...told, value: hostile },
    annotations: filled({ summary: "at {{value}}", note: "is {{value}}" }, { ...told, value: hostile }),
  };

  it("is text in JSON", () => {
    const body = JSON.parse(JSON.stringify(bodies.standard(occasion))) as { data: { annotations: object }; x?: number };
    expect(body.data.annotations).toEqual({ summary: `at ${hostile}`, note: `is ${hostile}` });
    expect(body.x).toBeUndefined();
  });

  it("is one line in a subject and in each line of a mail", () => {
    const { title, facts } = wordsOf(occasion);
    for (const text of [title, ...facts.flat()]) expect(text).not.toMatch(/[\r\n\u202e]/);
    expect(title).toContain("at ");
  });

  it("is no markup in chats", () => {
    const slack = bodies.slack(occasion) as { text: string; blocks: { text: { type: string } }[] };
    expect(slack.text).not.toMatch(/[<>]/);
    expect(slack.blocks.every(({ text }) => text.type === "plain_text")).toBe(true);
    const discord = bodies.discord(occasion) as { content: string; allowed_mentions: object };
    expect(discord.allowed_mentions).toEqual({ parse: [] });
    expect(discord.content).not.toMatch(/(?<!\\)[@<[]/);
    expect(JSON.stringify(bodies.teams(occasion))).not.toContain('"TextBlock"');
  });

  it("makes no text that a chat refuses for its length", () => {
    const annotations = Object.fromEntries(Array.from({ length: 32 }, (_, n) => [`note${n}`, "x".repeat(2000)]));
    const slack = bodies.slack({ ...occasion, annotations }) as { blocks: { text: { text: string } }[] };
    for (const { text } of slack.blocks) expect(text.text.length).toBeLessThanOrEqual(3000);
    const discord = bodies.discord({ ...occasion, annotations }) as { content: string };
    expect(discord.content.length).toBeLessThanOrEqual(2000);
  });
});
