import { readFileSync } from "node:fs";

/**
 * Adds up Vitest's JSON results and closes with the one line that counts; a result that is absent or empty is a
 * failure.
 */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
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
  } catch (error) {
    console.error(`no results in ${file}: ${(error as Error).message}`);
    failed += 1;
  }
}
if (passed === 0) failed += 1;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed === 0 ? 0 : 1;
