import type { AnswerOf } from "@headwater/client";
import { api } from "./api.ts";
import { elsewhere, firstDevices, firstQuestions, sessionPath } from "./first-questions.ts";

/** Of the link that `npm start` prints. */
export const codeAtFirst = /^#sign-in=([\w-]+)$/.exec(location.hash)?.[1];

type Devices = AnswerOf<"GET", "/api/v1/devices">;

/** The first devices of a filter, without when they were seen. */
export function askForFirst(filter: { readonly q?: string; readonly connected?: boolean }): Promise<Devices> {
  return api.call("GET", "/api/v1/devices", { query: { ...firstDevices, ...filter } });
}

const isFleet = location.pathname === "/" && location.search === "" && !document.cookie.includes(elsewhere);

// A link that signs in makes another session: what the browser has asked for before that is taken, and not looked at.
if (codeAtFirst !== undefined) {
  for (const path of firstQuestions[isFleet ? "/" : "*"]) fetch(path).catch(() => {});
}

/**
 * Who is signed in, and the devices with which the fleet's page begins. Both are asked for as the first script begins,
 * before there is anything that could show them.
 */
export const sessionAtFirst: Promise<Response> =
  codeAtFirst === undefined ? fetch(sessionPath) : askToSignIn({ code: codeAtFirst });
let devicesAtFirst = codeAtFirst === undefined && isFleet ? askForFirst({}) : undefined;
// Each is told to whoever waits for it; the devices are asked for anew.
sessionAtFirst.catch(() => {});
devicesAtFirst?.catch(() => {});

/** Once, and undefined if it failed: nobody was signed in, say. */
export async function takeDevicesAtFirst(): Promise<Devices | undefined> {
  const asked = devicesAtFirst;
  devicesAtFirst = undefined;
  return asked?.catch(() => undefined);
}

export function askToSignIn(body: { readonly token: string } | { readonly code: string }): Promise<Response> {
  return fetch("/api/v1/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
