import { describe, expect, it } from "vitest";
import { exceptions5 } from "./exceptions.ts";
import { playToGuard } from "./guard-vector.ts";
import { readVectors, vectorsPresent } from "./vectors.ts";

describe.runIf(vectorsPresent)("Mosquitto's vectors of MQTT 5 against the guard alone", () => {
  it("what is malformed or forbidden is refused with its reason code, all else passes; but for what is listed", () => {
    const vectors = readVectors().filter(({ version }) => version === 5);
    const wrong = new Map(vectors.map((vector) => [vector.id, playToGuard(vector)]));
    const unlisted = [...wrong].filter(([id, what]) => what !== undefined && exceptions5[id] === undefined);
    expect(unlisted).toEqual([]);
    expect(vectors.length).toBeGreaterThan(1500);
  });
});
