import { parentPort } from "node:worker_threads";
import type { EvaluationAnswer, EvaluationMessage } from "./evaluation-protocol.ts";
import { noCounts, PartitionBacktest } from "./partition-backtest.ts";

// Evaluates the partitions that it is told of, one after the other; an error ends the thread, which its owner tells.
let backtest: PartitionBacktest | undefined;

function take(message: EvaluationMessage): void {
  if (message.kind === "plan") backtest = new PartitionBacktest(message.plan);
  else if (message.kind === "devices") backtest?.applyDevices(message.devices);
  else if (message.kind === "finish") backtest?.finish();
  else if (message.kind === "forget") backtest = undefined;
  else {
    const { bytes, starts, ends, offsets, appendTimes } = message.pack;
    for (let index = 0; index < offsets.length; index++) {
      backtest?.apply(bytes, offsets[index]!, appendTimes[index]!, starts[index], ends[index]);
    }
  }
}

parentPort?.on("message", (message: EvaluationMessage) => {
  take(message);
  const counts = backtest?.counts ?? noCounts();
  const answer: EvaluationAnswer = { told: backtest?.takeTold() ?? [], counts };
  parentPort?.postMessage(answer);
});
