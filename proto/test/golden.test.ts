import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sampleEvents } from "./sample-events.ts";

const released = new URL("../released/", import.meta.url);

/** What was encoded by a released version is read by this one, for ever. */
describe.each(readdirSync(released))("events written by version %s", (version) => {
  const file = new URL(`${version}/events.golden.json`, released);
  const golden = JSON.parse(readFileSync(file, "utf8")) as { name: string; bytes: string }[];

  it("are at least one of each topic", () => {
    expect(golden.length).toBeGreaterThanOrEqual(20);
  });

  it.each(golden.map(({ name, bytes }) => [name, bytes]))("%s decodes to what was written", (name, hex) => {
    const { codec, event } = sampleEvents[name]!;
    expect(codec.decode(Uint8Array.from(Buffer.from(hex, "hex")))).toMatchObject(event);
  });
});
