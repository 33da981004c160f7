import { afterEach, expect, it } from "vitest";
import { eachPiece } from "./result-rows.ts";

const head = "#datatype,string,long,double\n#group,false,false,false\n#default,_result,,\n,result,table,_value\n";
const rows = 20_000;

let beating: NodeJS.Immediate | undefined;
afterEach(() => clearImmediate(beating));

it("leaves the event loop to others between slices of an answer, also of one that is there at once", async () => {
  const answer = Buffer.from(head + Array.from({ length: rows }, (_, i) => `,,0,${i}\n`).join(""));
  let turns = 0;
  const beat = (): void => {
    turns += 1;
    beating = setImmediate(beat);
  };
  beat();
  const found: string[] = [];
  let [turnBefore, rowsBefore, most] = [turns, 0, 0];
  for await (const _ of eachPiece(atOnce(answer), (values) => found.push(values[2]!))) {
    if (turns > turnBefore) [turnBefore, rowsBefore] = [turns, found.length];
    else most = Math.max(most, found.length - rowsBefore);
  }
  expect(found).toEqual(Array.from({ length: rows }, (_, i) => String(i)));
  expect(turns).toBeGreaterThanOrEqual(Math.floor(answer.length / 32_768));
  expect(most).toBeLessThan(rows / 4);
});

async function* atOnce(answer: Uint8Array): AsyncGenerator<Uint8Array> {
  yield answer;
}
