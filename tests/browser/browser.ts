import { chromium, type Browser, type Page } from "playwright-core";
import axe, { type AxeResults } from "axe-core";
import { debianProgram } from "../../scripts/servers/debian-packages.ts";

/**
 * A real Chromium without a window. What it would ask its maker's servers for is switched off: there is no way there
 * from a machine that tests.
 */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await debianProgram("chromium", (message) => process.stderr.write(`browser: ${message}\n`)),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

const options = JSON.stringify({
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
});

/** What a person with a disability would stumble over on the page as it is, one line each. */
export async function barriersOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  // A text: these tests are checked without the types of a browser.
  const { violations } = await page.evaluate<Pick<AxeResults, "violations">>(`axe.run(document, ${options})`);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary = "" }) => `${id}: ${help}: ${target.join(" ")}: ${failureSummary}`),
  );
}

/** What goes wrong in a page while it is open: errors of scripts, and what its policy refused. */
export function faultsOf(page: Page): readonly string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${String(error)}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 401/.test(message.text()))
      faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (new URL(request.url()).host !== new URL(page.url()).host && page.url() !== "about:blank")
      faults.push(`a request to ${request.url()}`);
  });
  return faults;
}
