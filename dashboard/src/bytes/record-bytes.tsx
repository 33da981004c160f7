import { hexLines } from "./hex-lines.ts";
import "./bytes.css";

/** A message or a record as it came: its bytes beside what can be read of them. */
export function RecordBytes({ hex, decoded }: { readonly hex: string; readonly decoded: unknown }) {
  const { lines, leftOut } = hexLines(hex);
  return (
    <div className="record-bytes">
      <pre tabIndex={0} aria-label="Bytes">
        {lines.map(({ offset, hex: bytes, text }) => (
          <span key={offset}>
            <span className="quiet">{offset}</span> {bytes.padEnd(47)} {text}
            {"\n"}
          </span>
        ))}
        {leftOut > 0 && `and ${leftOut} more bytes`}
      </pre>
      {decoded !== undefined && (
        <pre tabIndex={0} aria-label="What can be read">
          {typeof decoded === "string" ? decoded : JSON.stringify(decoded, null, 2)}
        </pre>
      )}
    </div>
  );
}
