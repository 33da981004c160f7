import { Partition } from "./partition.ts";
import { at, second } from "./harness.ts";
const p = new Partition();
p.rule({ op: ">", threshold: 3 }, { lateness: "0s", wait: "0s" });
p.read(0, 0, { gateway: "g0" });
console.log(p.emitted());
p.append({ gateway: "g0", epoch: 1, n: p.log.n("g0"), receivedAt: at(0), device: "d", eventTime: at(0), readings: [4, 0].map((number, i) => ({ metric: "t", number, timeDelta: i * second })) }, 0);
console.log(p.emitted(), p.clock, p.engine.counters);
