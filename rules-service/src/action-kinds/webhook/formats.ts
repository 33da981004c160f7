import { isoFromMicros } from "@headwater/core";
import type { Occasion } from "../delivery.ts";
import { wordsOf } from "../wording.ts";

export const formats = ["standard", "slack", "teams", "discord"] as const;
export type WebhookFormat = (typeof formats)[number];

/** The body of a webhook. A text from outside reaches a chat only where that chat reads no markup, or escaped. */
export const bodies: Readonly<Record<WebhookFormat, (occasion: Occasion) => object>> = {
  standard,
  slack,
  teams,
  discord,
};

/** As Standard Webhooks has it: `type`, `timestamp`, `data`. */
function standard(occasion: Occasion): object {
  const { trigger, alert, transition, repetition, rule, device, gateway, reason } = occasion;
  const { severity, metric, value, threshold } = occasion;
  const { at, raisedAt, clearedAt, cause, by, comment, labels, annotations } = occasion;
  return {
    type: `alert.${trigger}`,
    timestamp: isoFromMicros(at),
    data: {
      alert: {
        ...{ id: alert, device },
        ...(gateway !== undefined && { gateway }),
        ...(reason !== undefined && { reason }),
        ...{ severity, metric, value, threshold },
        raisedAt: isoFromMicros(raisedAt),
        ...(clearedAt !== undefined && { clearedAt: isoFromMicros(clearedAt), cause }),
      },
      transition,
      ...(repetition > 0 && { repetition }),
      rule,
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ...(by !== "" && { by }),
      ...(comment !== "" && { comment }),
    },
  };
}

/** Characters of a text that a chat takes, with some to spare. */
const mostOfSlack = 2900;
const mostOfDiscord = 1990;

/** Whole lines: one that is left out ends no escape in the middle. */
function linesWithin(lines: readonly string[], most: number): string {
  let text = "";
  for (const line of lines) if (text.length + line.length < most) text += `${line}\n`;
  return text;
}

/** Blocks of plain text; the fallback text has Slack's three characters escaped, so it holds no mention and no link. */
function slack(occasion: Occasion): object {
  const { title, facts } = wordsOf(occasion);
  const escaped = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const plain = (text: string) => ({ type: "plain_text", text, emoji: false });
  return {
    text: escaped,
    blocks: [
      { type: "section", text: plain(title) },
      {
        type: "section",
        text: plain(
          linesWithin(
            facts.map(([name, value]) => `${name}: ${value}`),
            mostOfSlack,
          ),
        ),
      },
    ],
  };
}

/** An adaptive card of text runs, which read no Markdown, unlike text blocks and facts. */
function teams(occasion: Occasion): object {
  const { title, facts } = wordsOf(occasion);
  const run = (text: string, weight: string) => ({ type: "TextRun", text, weight });
  const paragraph = (...inlines: object[]) => ({ type: "RichTextBlock", inlines });
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            paragraph(run(title, "Bolder")),
            ...facts.map(([name, value]) => paragraph(run(`${name}: `, "Bolder"), run(value, "Default"))),
          ],
        },
      },
    ],
  };
}

/** Every character of Markdown escaped, and no mention allowed whatever the text says. */
function discord(occasion: Occasion): object {
  const { title, facts } = wordsOf(occasion);
  const lines = [`**${escapeMarkdown(title)}**`];
  lines.push(...facts.map(([name, value]) => `${escapeMarkdown(name)}: ${escapeMarkdown(value)}`));
  return { content: linesWithin(lines, mostOfDiscord), allowed_mentions: { parse: [] }, flags: 4 };
}

/** A link that nothing marks becomes one by its `://`, which is broken by an escape as well. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_~|<>[\]()#:@/-]/g, String.raw`\$&`);
}
