/** Says why a part of the page is not there, and what there is to do: the same words for each part. */
export function CodeNotice({ before = "" }: { /** What it is a hindrance to. */ readonly before?: string }) {
  return (
    <>
      <p>
        {before}A part of the page cannot be loaded: Headwater does not answer, or has another release of the page by
        now. What was typed here and not saved goes when the page is loaded anew.
      </p>
      <button type="button" className="button" onClick={() => location.reload()}>
        Load the page anew
      </button>
    </>
  );
}
