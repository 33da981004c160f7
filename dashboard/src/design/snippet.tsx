import { CopyButton } from "./copy-button.tsx";

/** Text to paste elsewhere. */
export function Snippet({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <div className="snippet">
      <pre tabIndex={0} aria-label={what}>
        {text}
      </pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}
