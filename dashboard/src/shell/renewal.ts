const key = "renewed-at";
/** Servers of two releases behind one address send a page from one to the other only so often. */
const leastMs = 60_000;

/** Loads the page anew if the platform has another release of it by now, whose scripts are not those of this one. */
export async function renewIfOutdated(): Promise<void> {
  if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < leastMs) return;
  if (!(await isOutdated())) return;
  sessionStorage.setItem(key, String(Date.now()));
  location.reload();
}

async function isOutdated(): Promise<boolean> {
  try {
    const answer = await fetch("/", { headers: { accept: "text/html" }, cache: "no-store" });
    const named = answer.ok ? (await answer.text()).match(/\/assets\/[^"]+/g) : null;
    const here = document.head.innerHTML;
    return named?.some((asset) => !here.includes(asset)) ?? false;
  } catch {
    // The platform is away: a page that is loaded anew now would be none at all.
    return false;
  }
}
