import { describe, expect, it } from "vitest";
import { playToGuard } from "./guard-vector.ts";
import { readVectors, vectorsPresent } from "./vectors.ts";

describe.runIf(vectorsPresent)("Mosquitto's vectors of MQTT 5 against the guard alone", () => {
  it("what is malformed or forbidden is refused with its reason code, all else passes", () => {
    const vectors = readVectors().filter(({ version }) => version === 5);
    const wrong = new Map(vectors.map((vector) => [vector.id, playToGuard(vector)]));
    const refusedOtherwise = [...wrong].filter(([, what]) => what !== undefined).map(([id]) => id);
    // The third repetition is Mosquitto's own bound.
    expect(refusedOtherwise).toEqual(["PUBLISH v5 34 QoS 2 Dup flow*3"]);
    expect(vectors.length).toBeGreaterThan(1500);
  });
});
