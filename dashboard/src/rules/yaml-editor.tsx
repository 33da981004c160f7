import { type KeyboardEvent, useRef } from "react";
import type { Fault } from "./draft.ts";

interface YamlEditorProps {
  /** Whose text it is, for a screen reader. */
  readonly label: string;
  readonly text: string;
  readonly isReadOnly: boolean;
  readonly onText: (text: string) => void;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** A rule or a board as text, its lines numbered, and what is wrong beside them. Tab stays the key that leaves it. */
export function YamlEditor({ label, text, isReadOnly, onText, faults, warnings }: YamlEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const lines = text.split("\n");
  const faulty = new Set(faults.map(({ line }) => line));
  const warned = new Set(warnings.map(({ line }) => line));
  const goTo = (line: number): void => {
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    area.current!.focus();
    area.current!.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (isReadOnly || event.key !== "Enter" || event.nativeEvent.isComposing) return;
    // A new line begins where the one before began, as far as the browser can be asked to type it.
    const { selectionStart, value } = event.currentTarget;
    const indent = /^[ ]*(?:- )?/.exec(value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1))![0];
    if (indent === "") return;
    event.preventDefault();
    // The only way that keeps the browser's own undo.
    document.execCommand("insertText", false, `\n${indent.replace("- ", "  ")}`);
  };
  return (
    <div className="yaml">
      <div className="yaml-body">
        <div className="yaml-gutter number" ref={gutter} aria-hidden="true">
          {lines.map((_line, index) => (
            <span
              key={index}
              className={faulty.has(index + 1) ? "faulty" : warned.has(index + 1) ? "warned" : undefined}
            >
              {index + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          aria-label={label}
          aria-invalid={faults.length > 0}
          aria-describedby="yaml-faults"
          readOnly={isReadOnly}
          spellCheck={false}
          autoCapitalize="off"
          wrap="off"
          value={text}
          rows={Math.min(30, Math.max(12, lines.length + 1))}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={onKeyDown}
          onScroll={(event) => (gutter.current!.scrollTop = event.currentTarget.scrollTop)}
        />
      </div>
      <ul id="yaml-faults" className="plain yaml-faults" aria-live="polite">
        {faults.map((fault) => (
          <FaultLine key={`${fault.pointer} ${fault.detail}`} fault={fault} look="critical" goTo={goTo} />
        ))}
        {warnings.map((fault) => (
          <FaultLine key={`${fault.pointer} ${fault.detail}`} fault={fault} look="warning" goTo={goTo} />
        ))}
      </ul>
    </div>
  );
}

interface FaultLineProps {
  readonly fault: Fault;
  readonly look: "critical" | "warning";
  readonly goTo: (line: number) => void;
}

function FaultLine({ fault: { pointer, detail, line }, look, goTo }: FaultLineProps) {
  return (
    <li>
      <button type="button" className={`fault ${look}`} onClick={() => goTo(line)}>
        Line {line}
      </button>{" "}
      {pointer !== "" && <code>{pointer.slice(1).replaceAll("/", ".")}</code>} {detail}
    </li>
  );
}
