import { isoFromMicros } from "@headwater/core";
import type { Digest, Occasion } from "../delivery.ts";
import { digestLines, digestWords, wordsOf } from "../wording.ts";

export const formats = ["standard", "slack", "teams", "discord"] as const;
export type WebhookFormat = (typeof formats)[number];

/** The body of a webhook. A text from outside reaches a chat only where that chat reads no markup, or escaped. */
export const bodies: Readonly<Record<WebhookFormat, (occasion: Occasion) => object>> = {
  standard,
  slack,
  teams,
  discord,
};

/** The body of a webhook that tells many alerts. */
export const digestBodies: Readonly<Record<WebhookFormat, (digest: Digest) => object>> = {
  standard: standardDigest,
  slack: slackDigest,
  teams: teamsDigest,
  discord: discordDigest,
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

function standardDigest({ by, count, ended, severity, at, named }: Digest): object {
  return {
    type: "alerts.grouped",
    timestamp: isoFromMicros(at),
    data: { group: by, severity, count, ended, alerts: named.map(standard), more: count - named.length },
  };
}

/** Characters of a text that a chat takes, with some to spare. */
const mostOfSlack = 2900;
const mostOfDiscord = 1990;
const mostOfTeams = 15_000;

/** Whole lines: one that is left out ends no escape in the middle. */
function linesWithin(lines: readonly string[], most: number): string {
  let text = "";
  for (const line of lines) if (text.length + line.length < most) text += `${line}\n`;
  return text;
}

function slack(occasion: Occasion): object {
  const { title, facts } = wordsOf(occasion);
  const lines = facts.map(([name, value]) => `${name}: ${value}`);
  return slackMessage(title, linesWithin(lines, mostOfSlack));
}

function slackDigest(digest: Digest): object {
  const { title, lines } = digestWords(digest);
  return slackMessage(title, digestLines(lines, digest.count, mostOfSlack).join("\n"));
}

/** Blocks of plain text; the fallback text has Slack's three characters escaped, so it holds no mention and no link. */
function slackMessage(title: string, text: string): object {
  const escaped = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const plain = (of: string) => ({ type: "plain_text", text: of, emoji: false });
  return { text: escaped, blocks: [title, text].map((each) => ({ type: "section", text: plain(each) })) };
}

function teams(occasion: Occasion): object {
  const { title, facts } = wordsOf(occasion);
  return teamsCard(
    title,
    facts.map(([name, value]) => [textRun(`${name}: `, "Bolder"), textRun(value)]),
  );
}

function teamsDigest(digest: Digest): object {
  const { title, lines } = digestWords(digest);
  return teamsCard(
    title,
    digestLines(lines, digest.count, mostOfTeams).map((line) => [textRun(line)]),
  );
}

function textRun(text: string, weight = "Default"): object {
  return { type: "TextRun", text, weight };
}

/** An adaptive card of text runs, which read no Markdown, unlike text blocks and facts. */
function teamsCard(title: string, paragraphs: readonly (readonly object[])[]): object {
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [[textRun(title, "Bolder")], ...paragraphs].map((inlines) => ({ type: "RichTextBlock", inlines })),
        },
      },
    ],
  };
}

function discord(occasion: Occasion): object {
  const { title, facts } = wordsOf(occasion);
  return discordMessage(
    title,
    facts.map(([name, value]) => `${escapeMarkdown(name)}: ${escapeMarkdown(value)}`),
  );
}

function discordDigest(digest: Digest): object {
  const { title, lines } = digestWords(digest);
  const room = mostOfDiscord - escapeMarkdown(title).length;
  return discordMessage(title, digestLines(lines.map(escapeMarkdown), digest.count, room));
}

/** No mention is allowed, whatever the text says. */
function discordMessage(title: string, lines: readonly string[]): object {
  const content = linesWithin([`**${escapeMarkdown(title)}**`, ...lines], mostOfDiscord);
  return { content, allowed_mentions: { parse: [] }, flags: 4 };
}

/**
 * Every character of Markdown is escaped. A link that nothing marks becomes one by its `://`, which is broken as well.
 */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_~|<>[\]()#:@/-]/g, String.raw`\$&`);
}
