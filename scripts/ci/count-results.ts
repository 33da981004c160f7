import { readFileSync } from "node:fs";

/**
 * Adds up Vitest's JSON results, repeats each failure (a long output is often kept by its end alone), and closes with
 * the one line that counts; a result that is absent or empty is a failure.
 */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

let [passed, failed, skipped] = [0, 0, 0];
for (const file of process.argv.slice(2)) {
  try {
    const results = JSON.parse(readFileSync(file, "utf8")) as Results;
    passed += results.numPassedTests;
    failed += results.numFailedTests;
    skipped += results.numPendingTests;
    // A suite that could not be loaded fails no test, but it failed.
    if (!results.success && results.numFailedTests === 0) failed += 1;
    report(results);
  } catch (error) {
    console.error(`no results in ${file}: ${(error as Error).message}`);
    failed += 1;
  }
}
if (passed === 0) failed += 1;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed === 0 ? 0 : 1;

/** Enough to see why, of output too. */
function shortened(message: string): string {
  const lines = message.split("\n").slice(0, 60);
  return lines.map((line) => line.slice(0, 600)).join("\n");
}

function report({ testResults }: Results): void {
  for (const { name, status, message, assertionResults } of testResults) {
    const failures = assertionResults.filter((each) => each.status === "failed");
    for (const { fullName, failureMessages } of failures) {
      console.log(`FAILED ${name}: ${fullName}`);
      for (const each of failureMessages ?? []) console.log(shortened(each));
    }
    if (status === "failed" && failures.length === 0) console.log(`FAILED ${name}: ${message}`);
  }
}
