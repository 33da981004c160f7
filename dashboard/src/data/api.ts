import { type ApiClient, callThrough, createApiClient, ProblemError } from "@headwater/client";

const platform = createApiClient(location.origin);

/**
 * Whether the platform knows the session of the browser: `ended` once it has refused something for want of one, `begun`
 * when somebody has signed in anew on the same page, `doubted` when it has refused what the session was thought to be
 * allowed: all pages of a browser share one, and another page may have signed in somebody else.
 */
export const sessionChanges = new EventTarget();

async function watched<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401) sessionChanges.dispatchEvent(new Event("ended"));
    if (error instanceof ProblemError && error.status === 403) sessionChanges.dispatchEvent(new Event("doubted"));
    throw error;
  }
}

const request: ApiClient["request"] = (...asked) => watched(platform.request(...asked));

/** The platform's API; the session of the browser stands for a token. */
export const api: ApiClient = {
  request,
  call: callThrough(request),
  stream: (...asked) => watched(platform.stream(...asked)),
};
