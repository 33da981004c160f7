/** A time in the viewer's zone, with UTC at hand. */
export function Moment({ iso }: { readonly iso: string | undefined }) {
  if (iso === undefined) return <span>never</span>;
  return (
    <time dateTime={iso} title={`${iso} (UTC)`}>
      {new Date(iso).toLocaleString()}
    </time>
  );
}
