import { useCallback, useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { Loaded, problemText } from "../design/notice.tsx";
import { BacktestPanel } from "./backtest-panel.tsx";
import { useMay } from "../sign-in/session.ts";
import { useRefresh } from "../time/use-refresh.ts";
import { draftOf, type Path, parseDraft, withValue } from "./draft.ts";
import { firstDraft } from "./first-draft.ts";
import { formOf } from "./form.ts";
import { Revisions } from "./revisions.tsx";
import { RuleForm } from "./rule-form.tsx";
import { RuleStateBadge } from "./rule-state-badge.tsx";
import type { Rule } from "./use-rules.ts";
import { useVerdict } from "./use-verdict.ts";
import { YamlEditor } from "./yaml-editor.tsx";
import "./rules.css";

/** A rule that is there, or with no id one that is being written. */
export function RulePage({ id }: { readonly id?: string | undefined }) {
  const { resource, reload } = useResource(`rule ${id ?? ""}`, async () =>
    id === undefined ? undefined : await api.call("GET", "/api/v1/rules/{id}", { path: { id } }),
  );
  if (id === undefined) return <RuleEditor rule={undefined} onChanged={reload} />;
  return (
    <Loaded of={resource} retry={reload} head={<h1>{id}</h1>}>
      {(rule) => rule !== undefined && <RuleEditor key={rule.id} rule={rule} onChanged={reload} />}
    </Loaded>
  );
}

/** While a rule is warmed, the page asks again how it stands. */
const warmingSeconds = 2;

/** How a rule stands after each; what it is already is not offered. */
const modes = { enable: "live", shadow: "shadow", disable: "disabled" } as const;

interface RuleEditorProps {
  readonly rule: Rule | undefined;
  readonly onChanged: () => void;
}

function RuleEditor({ rule, onChanged }: RuleEditorProps) {
  const [search] = useSearchParams();
  const [draft, setDraft] = useState(() =>
    rule === undefined ? parseDraft(firstDraft(search)) : draftOf(rule.definition as Record<string, unknown>),
  );
  const [savedText, setSavedText] = useState(rule === undefined ? undefined : draft.text);
  /** The revision that the draft was begun from. */
  const [base, setBase] = useState(rule?.revision);
  const may = useMay();
  const mayWrite = may("rules:write");
  /** A draft that may not be saved is still worth writing where it may be tried. */
  const mayTry = may("backtests:write", "backtests:read");
  const mayDraft = mayWrite || mayTry;
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [, navigate] = useLocation();
  const judged = useVerdict(draft);
  const faults = judged?.faults ?? [];
  const isJudged = judged?.text === draft.text;
  const isValid = isJudged && judged.isValid;
  const onLevel = useCallback((path: Path, value: number) => setDraft((before) => withValue(before, path, value)), []);
  const attempt = (work: () => Promise<void>): void => {
    setBusy(true);
    setProblem("");
    work()
      .catch((error: Error) => setProblem(problemText(error)))
      .finally(() => setBusy(false));
  };
  const save = async (): Promise<void> => {
    if (rule === undefined) {
      const made = await api.request<Rule>("POST", "/api/v1/rules", draft.definition);
      navigate(`/rules/${encodeURIComponent(made.id)}`, { replace: true });
      return;
    }
    const path = `/api/v1/rules/${encodeURIComponent(rule.id)}`;
    const { revision } = await api.request<Rule>("PUT", path, draft.definition, undefined, { "if-match": `"${base}"` });
    setBase(revision);
    setSavedText(draft.text);
    onChanged();
  };
  const switchTo = async (what: "enable" | "shadow" | "disable"): Promise<void> => {
    await api.request("POST", `/api/v1/rules/${encodeURIComponent(rule!.id)}/${what}`);
    onChanged();
  };
  const remove = async (): Promise<void> => {
    await api.request("DELETE", `/api/v1/rules/${encodeURIComponent(rule!.id)}`);
    navigate("/rules");
  };
  const isSaved = savedText === draft.text;
  useRefresh(onChanged, warmingSeconds, rule?.state !== "warming");
  const takeNewest = (): void => {
    const newest = draftOf(rule!.definition as Record<string, unknown>);
    setDraft(newest);
    setSavedText(newest.text);
    setBase(rule!.revision);
  };
  return (
    <>
      <p className="crumbs">
        <Link href="/rules">Rules</Link>
      </p>
      <div className="toolbar">
        <h1>
          <bdi>{rule === undefined ? "New rule" : (rule.name ?? rule.id)}</bdi>
        </h1>
        {rule !== undefined && <RuleStateBadge state={rule.state} />}
        {rule !== undefined && <span className="quiet">revision {rule.revision}</span>}
        {mayWrite && (
          <button
            type="button"
            className="button primary"
            disabled={isBusy || isSaved || !isValid}
            onClick={() => attempt(save)}
          >
            {rule === undefined ? "Create" : isSaved ? "Saved" : "Save"}
          </button>
        )}
        {rule !== undefined &&
          mayWrite &&
          (["enable", "shadow", "disable"] as const).map((what) => (
            <button
              key={what}
              type="button"
              className="button"
              disabled={isBusy || rule.mode === modes[what]}
              onClick={() => attempt(() => switchTo(what))}
            >
              {what[0]!.toUpperCase() + what.slice(1)}
            </button>
          ))}
        {rule !== undefined && mayWrite && <DeleteButton isBusy={isBusy} onDelete={() => attempt(remove)} />}
      </div>
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
      {rule === undefined && !mayWrite && (
        <p className="notice" role="status">
          With your rights a rule {mayDraft ? "may be tried here, but not created" : "is not created"}.
        </p>
      )}
      {rule?.mode === "draft" && mayWrite && (
        <p className="notice" role="status">
          It is a draft, and does nothing until it is enabled.
        </p>
      )}
      {rule?.ignored !== undefined && <p className="notice critical">{rule.ignored.detail}</p>}
      {rule !== undefined && base !== undefined && rule.revision > base && (
        <p className="notice" role="status">
          Revision {rule.revision} was saved by {rule.updatedBy} meanwhile; what you write here began with {base}.{" "}
          <button type="button" className="button" onClick={takeNewest}>
            Take the newest, leaving mine
          </button>
        </p>
      )}
      {mayTry && (
        <BacktestPanel draft={draft} isValid={isValid} isFaulty={isJudged && !judged.isValid} onLevel={onLevel} />
      )}
      <div className="rule-editor">
        <RuleForm
          form={formOf(draft, setDraft, faults)}
          isNew={rule === undefined}
          isOpen={mayDraft && draft.definition !== undefined}
        />
        <YamlEditor
          label="The rule as YAML"
          text={draft.text}
          isReadOnly={!mayDraft}
          onText={(text) => setDraft(parseDraft(text))}
          faults={faults}
          warnings={judged?.warnings ?? []}
        />
      </div>
      {rule !== undefined && (
        <Revisions id={rule.id} revision={rule.revision} draft={draft} onRestore={mayDraft ? setDraft : undefined} />
      )}
    </>
  );
}

/** Asks once more in its own place. */
function DeleteButton({ isBusy, onDelete }: { readonly isBusy: boolean; readonly onDelete: () => void }) {
  const [isAsking, setAsking] = useState(false);
  if (!isAsking) {
    return (
      <button type="button" className="button" disabled={isBusy} onClick={() => setAsking(true)}>
        Delete…
      </button>
    );
  }
  return (
    <span className="toolbar" role="group" aria-label="Delete this rule; its open alerts are cleared">
      <button type="button" className="button danger" disabled={isBusy} onClick={onDelete}>
        Delete, clearing its alerts
      </button>
      <button type="button" className="button" onClick={() => setAsking(false)}>
        Keep
      </button>
    </span>
  );
}
