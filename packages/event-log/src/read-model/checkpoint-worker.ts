import { parentPort } from "node:worker_threads";
import { foldBack } from "./fold-back.ts";

// Folds back the write-ahead logs of the databases that it is told of; without a name it ends.
parentPort!.on("message", (file: string | undefined) => {
  if (file === undefined) {
    parentPort!.close();
    return;
  }
  foldBack(file);
  parentPort!.postMessage(file);
});
