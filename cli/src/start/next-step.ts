import { relative } from "node:path";
import type { RunningProcess } from "@headwater/service";
import { fromHere } from "../text/from-here.ts";

/**
 * The text that a person sees once Headwater is ready: a line that begins with `ready`, and commands to paste.
 */
export function nextStep(running: RunningProcess): string {
  const nearby = relative(process.cwd(), running.tokenFile);
  const tokenFile = nearby.startsWith("..") ? running.tokenFile : nearby;
  const mqtt = running.addresses.map(fromHere);
  return `ready ${[running.url, ...mqtt].join(" ")} (admin token in ${tokenFile})

Open this link to be signed in; it works once, within an hour:

  ${fromHere(running.url)}/#sign-in=${running.code}

Next, in another terminal: a simulated boiler sends ten minutes of readings, and you look at what came of it:

  npm run sim -- --url ${running.url} --mqtt ${mqtt[0]} --token-file ${tokenFile}
  curl -s -H "Authorization: Bearer $(cat ${tokenFile})" ${running.url}/api/v1/devices/boiler-1/latest

The README's tour goes on from there. Ctrl-C stops Headwater.`;
}
