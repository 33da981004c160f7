import { type FormEvent, useState } from "react";
import { useMay } from "../sign-in/session.ts";
import type { Alert } from "./use-alerts.ts";
import { act, type AlertAct, type AlertChoice } from "./alert-acts.ts";
import { problemText } from "../design/notice.tsx";

const snoozes = { "15m": "15 minutes", "1h": "an hour", "4h": "4 hours", "1d": "a day", "7d": "a week" } as const;

interface AlertActionsProps {
  readonly choice: AlertChoice;
  readonly isSnoozed?: boolean;
  /** Of the one alert: what it is already is not offered. Of many each may be in another state. */
  readonly state?: Alert["state"];
  /** After something was done, with what there is to say of it. */
  readonly onDone: (told: { readonly text: string; readonly isProblem: boolean }) => void;
}

const past = {
  acknowledge: "acknowledged",
  clear: "cleared",
  unsnooze: "woken",
  comment: "commented on",
  assign: "assigned",
  snooze: "snoozed",
} as const;

/** What a person can do with one alert or with many; a comment goes with whatever is done. */
export function AlertActions({ choice, isSnoozed = false, state, onDone }: AlertActionsProps) {
  const may = useMay();
  const [comment, setComment] = useState("");
  const [assignee, setAssignee] = useState("");
  const [isBusy, setBusy] = useState(false);
  const note = comment.trim() === "" ? {} : { comment: comment.trim() };
  const send = (what: AlertAct): void => {
    setBusy(true);
    act(what, choice)
      .then(
        ({ done, refusals }) => {
          if (done > 0) setComment("");
          const text = `${done} ${past[what.kind]}.${refusals.length === 0 ? "" : ` Not all: ${refusals.join("; ")}`}`;
          onDone({ text, isProblem: refusals.length > 0 });
        },
        (error: Error) => onDone({ text: problemText(error), isProblem: true }),
      )
      .finally(() => setBusy(false));
  };
  const assign = (event: FormEvent): void => {
    event.preventDefault();
    send({ kind: "assign", assignee: assignee.trim() === "" ? null : assignee.trim(), ...note });
  };
  if (!may("alerts:write")) return null;
  return (
    <div className="alert-actions">
      {(state === undefined || state === "active") && (
        <button
          type="button"
          className="button primary"
          disabled={isBusy}
          onClick={() => send({ kind: "acknowledge", ...note })}
        >
          Acknowledge
        </button>
      )}
      {state !== "cleared" && (
        <button type="button" className="button" disabled={isBusy} onClick={() => send({ kind: "clear", ...note })}>
          Clear
        </button>
      )}
      {state === "cleared" ? null : isSnoozed ? (
        <button type="button" className="button" disabled={isBusy} onClick={() => send({ kind: "unsnooze", ...note })}>
          End snooze
        </button>
      ) : (
        <select
          className="search"
          aria-label="Snooze for"
          disabled={isBusy}
          value=""
          onChange={(event) => send({ kind: "snooze", for: event.target.value, ...note })}
        >
          <option value="">Snooze…</option>
          {Object.entries(snoozes).map(([value, name]) => (
            <option key={value} value={value}>
              for {name}
            </option>
          ))}
        </select>
      )}
      <form className="alert-assign" onSubmit={assign}>
        <input
          className="search"
          aria-label="Assignee"
          placeholder="Assign to (empty: nobody)"
          value={assignee}
          onChange={(event) => setAssignee(event.target.value)}
        />
        <button type="submit" className="button" disabled={isBusy}>
          Assign
        </button>
      </form>
      <form
        className="alert-comment"
        onSubmit={(event) => {
          event.preventDefault();
          if (comment.trim() !== "") send({ kind: "comment", comment: comment.trim() });
        }}
      >
        <input
          className="search"
          aria-label="Comment"
          placeholder="Comment; goes with what you do"
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
        <button type="submit" className="button" disabled={isBusy || comment.trim() === ""}>
          Comment
        </button>
      </form>
    </div>
  );
}
