const isoTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g;

/** A sentence of the platform, its times in the viewer's zone. */
export function StoryText({ text }: { readonly text: string }) {
  const words = text.split(isoTime);
  const times = text.match(isoTime) ?? [];
  return (
    <>
      {words.map((word, index) => (
        <span key={index}>
          {word}
          {times[index] !== undefined && <ShortTime iso={times[index]} />}
        </span>
      ))}
    </>
  );
}

function ShortTime({ iso }: { readonly iso: string }) {
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date().toDateString();
  return (
    <time dateTime={iso} title={`${iso} (UTC)`} className="number">
      {isToday ? at.toLocaleTimeString() : at.toLocaleString()}
    </time>
  );
}
