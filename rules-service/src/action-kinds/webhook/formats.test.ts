import { describe, expect, it } from "vitest";
import type { Digest, Occasion } from "../delivery.ts";
import { bodies, digestBodies } from "./formats.ts";

const hostile = "x\r\n**b** <!channel> <https://a.example|b> @everyone [a](https://b.example) \u202E`c` {{d}} \u0000&";

const occasion: Occasion = {
  trigger: "acknowledged",
  alert: "a1",
  repetition: 0,
  labels: {},
  annotations: {},
  transition: 0,
  rule: { id: "hot", name: hostile, revision: 3 },
  device: hostile,
  severity: "critical",
  metric: hostile,
  value: 95,
  threshold: 90,
  at: 1_700_000_000_000_000,
  raisedAt: 1_700_000_000_000_000,
  clearedAt: undefined,
  cause: "",
  by: hostile,
  comment: hostile,
};

/** Every text of a body. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(texts);
}

it("an alert of a gateway says so", () => {
  const of = { ...occasion, device: "edge-1", gateway: "edge-1", reason: "gateway-offline" };
  expect(bodies.standard(of)).toMatchObject({ data: { alert: { gateway: "edge-1", reason: "gateway-offline" } } });
  expect(texts(bodies.slack(of)).join()).toContain("on gateway edge-1");
  expect(texts(bodies.slack(of)).join()).toContain("Gateway: edge-1");
});

describe("a text from outside stays text", () => {
  it("standard: as it is, in JSON", () => {
    const body = JSON.parse(JSON.stringify(bodies.standard(occasion))) as { data: { comment: string } };
    expect(body.data.comment).toBe(hostile);
  });

  it("slack: in plain text, and escaped in the fallback", () => {
    const { text, blocks } = bodies.slack(occasion) as { text: string; blocks: { text: { type: string } }[] };
    expect(text).toContain("&lt;!channel&gt;");
    expect(text).not.toMatch(/[<>]/);
    expect(new Set(blocks.map((block) => block.text.type))).toEqual(new Set(["plain_text"]));
  });

  it("teams: in text runs, which read no Markdown", () => {
    const [{ content }] = (bodies.teams(occasion) as { attachments: { content: { body: unknown[] } }[] })
      .attachments as [{ content: { body: { type: string; inlines: { type: string }[] }[] } }];
    expect(new Set(content.body.map(({ type }) => type))).toEqual(new Set(["RichTextBlock"]));
    expect(new Set(content.body.flatMap(({ inlines }) => inlines.map(({ type }) => type)))).toEqual(
      new Set(["TextRun"]),
    );
  });

  it("discord: escaped, with no mention", () => {
    const body = bodies.discord(occasion) as { content: string; allowed_mentions: object };
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(body.content).not.toContain("@everyone ".slice(0, 1).padStart(2, " "));
    expect(body.content).toContain(String.raw`\[a\]\(https\:\/\/b`);
    expect(body.content).toContain(String.raw`\*\*b\*\*`);
  });

  it("chats: one line, without control characters or turned direction", () => {
    for (const format of ["slack", "teams", "discord"] as const) {
      // oxlint-disable-next-line no-control-regex -- it is these that must not be there
      for (const text of texts(bodies[format](occasion))) expect(text).not.toMatch(/[\u0000\r\u202E]/);
    }
    const long = bodies.discord({ ...occasion, comment: "*".repeat(5000), by: "*".repeat(5000) }) as {
      content: string;
    };
    expect(long.content.length).toBeLessThanOrEqual(2000);
  });
});

describe("a message of many alerts", () => {
  const digest: Digest = {
    ...{ by: { "tags.site": hostile }, count: 70, ended: 3, severity: "critical", at: occasion.at },
    named: Array.from({ length: 50 }, () => occasion),
  };

  it("standard: each as it would be told alone, and how many more there are", () => {
    expect(digestBodies.standard(digest)).toMatchObject({
      type: "alerts.grouped",
      data: { group: { "tags.site": hostile }, count: 70, ended: 3, more: 20, severity: "critical" },
    });
    const { data } = digestBodies.standard(digest) as { data: { alerts: object[] } };
    expect(data.alerts).toEqual(Array.from({ length: 50 }, () => bodies.standard(occasion)));
  });

  it("chats: bounded, as text, and with the number of those that are not named", () => {
    for (const format of ["slack", "teams", "discord"] as const) {
      const all = texts(digestBodies[format](digest));
      const text = all.join("\n");
      const shown = text.match(/acknowledged on/g)!.length;
      expect(text).toContain(`and ${70 - shown} more`);
      expect(text).toContain("70 alerts, 3 of them over");
      expect(text).not.toMatch(/[\r\u202E]/);
      expect(Math.max(...all.map(({ length }) => length))).toBeLessThanOrEqual(format === "discord" ? 2000 : 3000);
    }
    expect(texts(digestBodies.discord(digest)).join()).not.toMatch(/[^\\]@everyone/);
  });
});
