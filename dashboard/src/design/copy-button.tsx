import { useState } from "react";

const shownMs = 1_500;

/** Puts a text into the clipboard, and says so. */
export function CopyButton({ text, what = "" }: { readonly text: string; readonly what?: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), shownMs);
  };
  return (
    <button type="button" className="button" aria-label={`Copy ${what}`.trim()} onClick={() => void copy()}>
      <span role="status">{isCopied ? "Copied" : "Copy"}</span>
    </button>
  );
}
