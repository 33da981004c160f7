import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { api } from "../data/api.ts";
import { fieldText } from "../design/field-text.ts";
import { Modal } from "../design/modal.tsx";
import { problemText } from "../design/notice.tsx";

/** Deletes a device, after its id was typed. */
export function DeleteDevice({ id }: { readonly id: string }) {
  const [, go] = useLocation();
  const [isAsking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState("");
  const close = (): void => {
    setAsking(false);
    setTyped("");
    setProblem("");
  };
  const remove = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = fieldText(new FormData(event.currentTarget), "data") === "delete" ? "delete" : "keep";
    api.call("DELETE", "/api/v1/devices/{id}", { path: { id }, query: { data } }).then(
      () => go("/"),
      (error: Error) => setProblem(problemText(error)),
    );
  };
  return (
    <>
      <button type="button" className="button danger" onClick={() => setAsking(true)}>
        Delete this device…
      </button>
      <Modal title={`Delete ${id}?`} isOpen={isAsking} onClose={close}>
        <form onSubmit={remove}>
          <p>Its connections end, its commands are rejected and its alerts are cleared. This cannot be undone.</p>
          <label className="check">
            <input type="checkbox" name="data" value="delete" /> Its telemetry too: nothing of it can be read again
          </label>
          <label className="field">
            Type its id to go on
            <input
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              placeholder={id}
              autoComplete="off"
              spellCheck={false}
            />
          </label>
          {problem !== "" && (
            <p className="notice critical" role="alert">
              {problem}
            </p>
          )}
          <div className="toolbar">
            <button type="submit" className="button danger" disabled={typed !== id}>
              Delete it
            </button>
            <button type="button" className="button" onClick={close}>
              Keep it
            </button>
          </div>
        </form>
      </Modal>
    </>
  );
}
