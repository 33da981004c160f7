import type { AnswerOf } from "@headwater/client";
import { createContext, useContext } from "react";

export type Session = AnswerOf<"GET", "/api/v1/session">;
export type Scope = Session["scopes"][number];

/** Who is signed in; undefined: nobody is yet. */
export const SessionContext = createContext<Session | undefined>(undefined);

/** Whose session it is. Only for what stands inside of `SignedIn`. */
export function useSession(): Session {
  return useContext(SessionContext)!;
}

/** What the session may do: what it may not is not offered. The platform decides anew about each request. */
export function useMay(): (...wanted: readonly Scope[]) => boolean {
  const { scopes } = useSession();
  return (...wanted) => wanted.every((scope) => scopes.includes(scope));
}
