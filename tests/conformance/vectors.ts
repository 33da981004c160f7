import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../shared/data/mqtt-vectors", import.meta.url));

/**
 * The vectors lie beside the checkout, not in it: a clone without them skips what needs them; CI may not, unless it
 * says so.
 */
export const vectorsPresent = existsSync(folder);
export const vectorsAbsent = `${folder} is absent: put Mosquitto's vectors there to run the conformance suite`;
export const vectorsRequired = process.env["CI"] === "true" && process.env["WITHOUT_RECORDED_DATA"] !== "true";

export type Message =
  | { readonly type: "send" | "recv"; readonly payload: string }
  | {
      readonly type: "external_publish" | "publish";
      readonly topic: string;
      readonly qos: 0 | 1 | 2;
      readonly payload: string;
      readonly retain?: boolean;
    }
  | { readonly type: "subscribe" | "unsubscribe"; readonly topic: string; readonly qos: 0 | 1 | 2 };

export interface Vector {
  /** File, group and name: names alone repeat. */
  readonly id: string;
  readonly file: string;
  readonly group: string;
  readonly name: string;
  /** 3: MQTT 3.1, 4: 3.1.1, 5: 5. */
  readonly version: 3 | 4 | 5;
  /** A CONNECT comes before the messages. */
  readonly connect: boolean;
  readonly expectDisconnect: boolean;
  readonly messages: readonly Message[];
}

interface RawTest {
  readonly name: string;
  readonly ver?: 3 | 4 | 5;
  readonly connect?: boolean;
  readonly expect_disconnect?: boolean;
  readonly msgs?: readonly Message[];
}

interface RawGroup extends Omit<RawTest, "name" | "msgs"> {
  readonly group: string;
  readonly tests: readonly RawTest[];
}

export function readVectors(): Vector[] {
  if (!vectorsPresent) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const seen = new Map<string, number>();
  return files.toSorted().flatMap((file) => {
    const groups = JSON.parse(readFileSync(join(folder, file), "utf8")) as RawGroup[];
    return groups.flatMap((group) =>
      group.tests.map((test) => {
        const version = test.ver ?? group.ver ?? 4;
        const plain = `${file.replace(".json", "")} v${version} ${test.name.trim()}`;
        const count = (seen.get(plain) ?? 0) + 1;
        seen.set(plain, count);
        return {
          id: count === 1 ? plain : `${plain} (${count})`,
          file,
          group: group.group,
          name: test.name,
          version,
          connect: test.connect ?? group.connect ?? true,
          expectDisconnect: test.expect_disconnect ?? group.expect_disconnect ?? true,
          messages: test.msgs ?? [],
        };
      }),
    );
  });
}
