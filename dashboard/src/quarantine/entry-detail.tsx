import type { AnswerOf } from "@headwater/client";
import { useState } from "react";
import { Link, useSearch } from "wouter";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { Loaded, problemText } from "../design/notice.tsx";
import { useMay } from "../sign-in/session.ts";
import { Age } from "../time/age.tsx";
import { RecordBytes } from "../bytes/record-bytes.tsx";
import { stages } from "./quarantine-filter.ts";

type Shown = AnswerOf<"GET", "/api/v1/quarantine/{id}">;

interface EntryDetailProps {
  readonly id: string;
  readonly onChanged: (text: string) => void;
}

/** One message: its bytes, why it is here, and a way to mend it and handle it again. */
export function EntryDetail({ id, onChanged }: EntryDetailProps) {
  const may = useMay();
  const search = useSearch();
  const { resource, reload } = useResource(`entry ${id}`, () =>
    api.call("GET", "/api/v1/quarantine/{id}", { path: { id } }),
  );
  return (
    <section className="card entry" aria-label="Quarantined message">
      <Link href={`/quarantine${search === "" ? "" : `?${search}`}`} className="button story-close" aria-label="Close">
        ✕
      </Link>
      <Loaded of={resource} retry={reload}>
        {(entry) => (
          <>
            <h2>
              <bdi>{entry.device === "" ? "No device" : entry.device}</bdi>
            </h2>
            <p>
              <strong>{entry.problem ?? entry.reason}</strong>
            </p>
            <p className="quiet">
              {stages[entry.stage as keyof typeof stages] ?? entry.stage}, {entry.state} <Age since={entry.changedAt} />{" "}
              ago
              {entry.by !== undefined && <> by {entry.by}</>}, attempt {entry.attempt + 1}, {entry.bytes} bytes on topic{" "}
              <bdi>{entry.mqttTopic === "" ? entry.logTopic : entry.mqttTopic}</bdi> through gateway{" "}
              <bdi>{entry.gateway}</bdi>
            </p>
            <RecordBytes hex={entry.hex} decoded={entry.decoded?.value ?? entry.text} />
            {may("quarantine:write") && (
              <FixForm
                key={entry.changedAt}
                entry={entry}
                onDone={(text) => {
                  reload();
                  onChanged(text);
                }}
              />
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function FixForm({ entry, onDone }: { readonly entry: Shown; readonly onDone: (text: string) => void }) {
  const before = entry.text ?? "";
  const [text, setText] = useState(before);
  const [topic, setTopic] = useState(entry.fixed?.topic ?? entry.mqttTopic);
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const path = `/api/v1/quarantine/${encodeURIComponent(entry.id)}`;
  const isChanged = text !== before || topic !== (entry.fixed?.topic ?? entry.mqttTopic);
  const attempt = (work: () => Promise<string>): void => {
    setBusy(true);
    setProblem("");
    work()
      .then(onDone, (error: Error) => setProblem(problemText(error)))
      .finally(() => setBusy(false));
  };
  const fix = async (): Promise<void> => {
    if (!isChanged) return;
    await api.request("POST", `${path}/fix`, {
      ...(text !== before && { text }),
      ...(topic !== "" && topic !== entry.mqttTopic && { topic }),
    });
  };
  const redrive = async (): Promise<string> => {
    await fix();
    return redriven({ ids: [entry.id] });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        attempt(redrive);
      }}
    >
      {entry.stage === "decode" && (
        <>
          <label className="field">
            Topic
            <input value={topic} onChange={(event) => setTopic(event.target.value)} />
          </label>
          <label className="field">
            Payload as text
            <textarea
              rows={5}
              spellCheck={false}
              placeholder={'It is no text; what is written here takes its place, like {"temperature": 21.5}'}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
        </>
      )}
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
      <div className="toolbar">
        <button type="submit" className="button primary" disabled={isBusy}>
          {isChanged ? "Mend and handle again" : "Handle again"}
        </button>
        {isChanged && (
          <button
            type="button"
            className="button"
            disabled={isBusy}
            onClick={() => attempt(async () => fix().then(() => "Mended; it waits to be handled again."))}
          >
            Mend only
          </button>
        )}
      </div>
    </form>
  );
}

/** Asks that entries are handled again, and says what came of the asking. */
export async function redriven(choice: object): Promise<string> {
  const { requested, skipped, more } = await api.request<AnswerOf<"POST", "/api/v1/quarantine/redrive">>(
    "POST",
    "/api/v1/quarantine/redrive",
    choice,
  );
  const left = Object.entries(skipped).map(([why, count]) => `${count} ${why}`);
  return [
    `${requested} will be handled again.`,
    ...(left.length > 0 ? [`Left as they are: ${left.join(", ")}.`] : []),
    ...(more ? ["There are more; ask again."] : []),
  ].join(" ");
}
