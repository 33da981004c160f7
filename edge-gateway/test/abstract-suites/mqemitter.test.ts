import { createRequire } from "node:module";
import { describe, it } from "vitest";
import { Audience } from "../../src/mqtt/sessions/audience.ts";
import { GatewayBroker } from "../../src/mqtt/broker/broker.ts";
import { runNodeTest, type SuiteTest } from "./node-test-context.ts";

const require = createRequire(import.meta.url);
const abstractTests = require("mqemitter/abstractTest.js") as (options: {
  builder: (options?: object) => object;
  test: SuiteTest;
}) => void;

describe("the emitter behind the broker passes the abstract suite of mqemitter", () => {
  abstractTests({
    builder: (options) => {
      const { mq } = new GatewayBroker({}, new Audience()) as unknown as { mq: object };
      // Some tests want another separator or other wildcards than MQTT has.
      return options === undefined ? mq : (Reflect.construct(mq.constructor, [options]) as object);
    },
    test: (name, run) => it(name, () => runNodeTest(run)),
  });
});
