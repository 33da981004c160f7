import assert from "node:assert";

/** What the suites use of node:test. */
export interface TestContext {
  readonly assert: typeof assert;
  plan(count: number): void;
  diagnostic(message: string): void;
}

export type SuiteTest = (name: string, run: (t: TestContext) => Promise<void> | void) => void;

/**
 * Runs a test that was written for node:test; throws if it fails or asserts another number of times than it planned.
 */
export async function runNodeTest(run: (t: TestContext) => Promise<void> | void): Promise<void> {
  let planned: number | undefined;
  let count = 0;
  const counting = new Proxy(assert, {
    get(target, name: keyof typeof assert) {
      const assertion = target[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        count += 1;
        return assertion(...args);
      };
    },
  });
  await run({ assert: counting, plan: (number) => (planned = number), diagnostic: () => {} });
  if (planned !== undefined) assert.strictEqual(count, planned, "as many assertions as planned");
}
