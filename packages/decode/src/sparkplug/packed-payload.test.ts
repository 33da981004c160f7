import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bdSeq, nodeBirth, rows, sparkplug, start, tahu, type Payload } from "../../test/sparkplug-under-test.ts";

const topic = "spBv1.0/plant/NBIRTH/line1";

/** As Tahu's encoders do it: the algorithm is named in the only metric, the sequence number is outside. */
const packed = (body: Uint8Array, algorithm = "GZIP"): Payload => ({
  seq: 0,
  uuid: "SPBV1.0_COMPRESSED",
  body,
  metrics: [{ name: "algorithm", type: "String", value: algorithm }],
});

describe("a compressed payload", () => {
  it.each([
    ["GZIP", gzipSync],
    ["DEFLATE", deflateSync],
  ])("is read as the one that is in it (%s)", (algorithm, compress) => {
    const plain = sparkplug().take(topic, nodeBirth);
    const { take } = sparkplug();
    expect(take(topic, packed(compress(tahu.encodePayload(nodeBirth)), algorithm))).toEqual(plain);
    const { seq: _, ...inner } = {
      timestamp: start,
      seq: 1,
      metrics: [{ name: "Count", type: "Int32", value: 5 }],
    } as const;
    const outer = { ...packed(compress(tahu.encodePayload(inner as never)), algorithm), seq: 3 };
    const data = take("spBv1.0/plant/NDATA/line1", outer);
    expect([rows(data)[0]![1], data.effects!.lost]).toEqual([5, 2]);
  });

  it.each([
    ["cut off", gzipSync("abc").subarray(0, 15), "neither GZIP nor DEFLATE"],
    ["of another algorithm", deflateRawSync("abc"), "neither GZIP nor DEFLATE"],
    ["empty", new Uint8Array(0), "neither GZIP nor DEFLATE"],
    ["far larger than a message may be", gzipSync(Buffer.alloc(2 ** 24)), "more than 1048576 bytes"],
    ["compressed twice", gzipSync(tahu.encodePayload(packed(gzipSync("abc")))), "compressed twice"],
  ])("that is %s is refused", (_what, body, reason) => {
    expect(() => sparkplug().take(topic, packed(body))).toThrow(reason);
  });

  it("of any other kind has a body of its own, which is nothing of Sparkplug's", () => {
    const own = { timestamp: start, seq: 0, uuid: "image", body: gzipSync("abc"), metrics: [bdSeq(1)] };
    expect(sparkplug().take(topic, own).effects!.quarantine).toBeUndefined();
  });
});
