import { Encoder } from "cbor-x";
import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused } from "../../test/decoder-properties.ts";
import { defaultDecodeLimits } from "../decoder.ts";
import { senmlCbor } from "./senml.ts";

const options = { now: () => 1_700_000_000_000_000 };
const of = (device: string) => ({ topic: "", names: new Map<string, string>(), device });
const cborDecoder = senmlCbor(options)(of("10e2073a01080063"));
const cbor = new Encoder({ useRecords: false, mapsAsObjects: false, tagUint8Array: false });

describe("SenML as CBOR", () => {
  it("the example of RFC 8428, section 6, byte for byte", () => {
    const bytes = Buffer.from(
      "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a" +
        "22fb41d303a15b00106223614120050067766f6c7461676501615602fb405e066666666666" +
        "a3006763757272656e74062402fb3ff3333333333333a3006763757272656e74062302fb3ff4cccccccccccd" +
        "a3006763757272656e74062202fb3ff6666666666666a3006763757272656e74062102f93e00" +
        "a3006763757272656e74062002fb3ff999999999999aa3006763757272656e74060002fb3ffb333333333333",
      "hex",
    );
    const { samples } = senmlCbor(options)(of("10e2073a0108006"))(bytes, defaultDecodeLimits);
    expect(
      samples.map(({ time, readings }) => [time, readings.map(({ metric, value, unit }) => [metric, value, unit])]),
    ).toEqual([
      [
        1_276_020_076_001_000,
        [
          ["voltage", 120.1, "V"],
          ["current", 1.7, "A"],
        ],
      ],
      [1_276_020_071_001_000, [["current", 1.2, "A"]]],
      [1_276_020_072_001_000, [["current", 1.3, "A"]]],
      [1_276_020_073_001_000, [["current", 1.4, "A"]]],
      [1_276_020_074_001_000, [["current", 1.5, "A"]]],
      [1_276_020_075_001_000, [["current", 1.6, "A"]]],
    ]);
  });

  const encode = (records: readonly (readonly [number | string, unknown][])[]) =>
    cbor.encode(records.map((entries) => new Map(entries)));
  const read = (...records: (readonly [number | string, unknown][])[]) =>
    cborDecoder(encode(records), defaultDecodeLimits);

  it("bytes as base64url, 64-bit integers exact, unknown labels noted", () => {
    const message = read(
      [
        [0, "raw"],
        [8, Buffer.from("hi \n")],
      ],
      [
        [0, "count"],
        [2, 9007199254740993n],
        ["color", "red"],
      ],
    );
    expect(message.samples[0]!.readings).toEqual([
      { metric: "raw", value: "aGkgCg" },
      { metric: "count", value: 9_007_199_254_740_992 },
    ]);
    expect(message.notes).toEqual({
      "kept-as-base64": "raw",
      "not-read": "color",
      exact: '{"count":"9007199254740993"}',
    });
  });

  it("NaN is no reading, and noted", () => {
    expect(
      read([
        [0, "a"],
        [2, Number.NaN],
      ]),
    ).toMatchObject({ samples: [], notes: { "not-a-number": "a" }, effects: { ignored: "no-values" } });
  });

  it("decimal fractions (RFC 8428, section 6), exact where a double is not", () => {
    // [{0: "a", 2: 4([-2, 27315])}, {0: "b", 2: 4([0, 9007199254740993])}]
    const pack = Buffer.from("82a200616102c48221196ab3a200616202c482001b0020000000000001", "hex");
    expect(cborDecoder(pack, defaultDecodeLimits).samples).toEqual([
      {
        readings: [
          { metric: "a", value: 273.15 },
          { metric: "b", value: 9007199254740992 },
        ],
      },
    ]);
  });

  it("a record that is not valid is set aside, unless others may build on it", () => {
    // [{0: "a", 2: 4096(1)}, {0: "b", 2: 1}]; then with a key twice, so that nobody can tell what it sets.
    const { samples, effects } = cborDecoder(
      Buffer.from("82a200616102d9100001a200616202 01".replace(" ", ""), "hex"),
      defaultDecodeLimits,
    );
    expect(samples).toEqual([{ readings: [{ metric: "b", value: 1 }] }]);
    expect(effects?.quarantine).toContain("record 0: The CBOR has tag 4096");
    expect(() => cborDecoder(Buffer.from("82a2006161006161a20061620201", "hex"), defaultDecodeLimits)).toThrow("twice");
  });

  it("labels as text, and ones that have to be understood, are refused", () => {
    expect(() =>
      read([
        ["n", "a"],
        ["v", 1],
      ]),
    ).toThrow("numbers for labels");
    expect(() =>
      read([
        [0, "a"],
        [2, 1],
        ["x_", 1],
      ]),
    ).toThrow("has to be understood");
  });

  describe("hostile payloads", () => {
    anyBytesAreDecodedOrRefused(
      cborDecoder,
      [
        encode([
          [
            [-2, "urn:dev:ow:10e2073a01080063:"],
            [-3, 1.7e9],
            [0, "t"],
            [2, 21.5],
          ],
          [
            [0, "u"],
            [3, "x"],
            [6, -4],
          ],
        ]),
      ],
      [Buffer.concat([Buffer.from("9a0001d4c0", "hex"), Buffer.alloc(120_000, 0xa0)]), Buffer.alloc(262_144, 0x81)],
    );
  });
});
