/** Controls of direction: in what a person wrote they would turn the rest of the sentence around. */
const turns = /[\u202a-\u202e\u2066-\u2069]/g;
const isoTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g;

/** A sentence of the platform, its times in the viewer's zone. */
export function StoryText({ text }: { readonly text: string }) {
  const told = text.replaceAll(turns, "");
  const words = told.split(isoTime);
  const times = told.match(isoTime) ?? [];
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
