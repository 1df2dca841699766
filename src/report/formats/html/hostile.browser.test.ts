import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostileRuns } from "../../__test-helpers__/hostile-runs.js";
import { HOSTILE_STRINGS } from "../../__test-helpers__/hostile-strings.js";
import { madeUpRun } from "../../__test-helpers__/made-up-run.js";
import type { Report } from "../../model/report.js";
import { startBrowser } from "./__test-helpers__/browser.js";
import { htmlReport } from "./html-report.js";

const started = await startBrowser();
const missing = typeof started === "string" ? ` (skipped: ${started})` : "";
const browser = started as Browser;

const XHTML = "http://www.w3.org/1999/xhtml";

/** Pages that a browser parses at a time. */
const BATCH = 50;

/** One run in which every text is the message of a case, the reason of another, a finding, and a breached expectation. */
function runOf(texts: readonly string[]): Report {
  return madeUpRun({
    header: { implementation: { name: texts[0], version: texts[1], language: texts[2], issues: texts[3] } },
    cases: texts.flatMap((text, k) => [
      { id: `failing-${k}`, verdict: "crash" as const, message: text },
      { id: `skipped-${k}`, verdict: "skipped" as const, reason: text },
    ]),
    findings: texts.map((text, k) => ({
      sentence: text,
      message: text,
      replay: text,
      cases: [`failing-${k}`],
    })),
    clauses: [{ outcome: "failed", counts: { crash: texts.length } }],
    footer: {
      outcome: "failed",
      complete: false,
      stopped: texts[4],
      expectations: {
        expected: [],
        breaches: texts.map((text, k) => ({ kind: "passes", line: k + 1, message: text })),
      },
    },
  });
}

describe.skipIf(missing !== "")(`hostile texts in a browser${missing}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "rmsprop-hostile-"));
  const events: string[] = [];
  let page: Page;
  beforeAll(async () => {
    // Without the policy of the page, which would refuse scripts: they must not be there in the first place.
    const context = await browser.newContext({ bypassCSP: true });
    page = await context.newPage();
    page.on("dialog", (dialog) => {
      events.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("pageerror", (error) => events.push(`error: ${error.message}`));
    page.on("popup", () => events.push("popup"));
    page.on("download", () => events.push("download"));
    page.on("request", (request) => {
      if (!request.url().startsWith("data:image/svg+xml")) events.push(`request: ${request.url()}`);
    });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Open it as a reader does, and everything in it. What it does goes to `events`. */
  async function open(report: Report): Promise<string> {
    const file = join(folder, "report.html");
    writeFileSync(file, await htmlReport(report));
    events.length = 0;
    await page.goto(pathToFileURL(file).href);
    await page.evaluate(() => {
      for (const details of Array.from(document.querySelectorAll("details"))) details.open = true;
    });
    return pathToFileURL(file).href;
  }

  it("does nothing: no script, no request, no dialog, no name in the global scope, no page but its own", async () => {
    const globals = () => page.evaluate(() => Object.getOwnPropertyNames(globalThis).sort());
    const texts = HOSTILE_STRINGS.map(({ text }) => text);
    await open(runOf(texts.map((_, k) => `harmless ${k}`)));
    const before = await globals();
    const address = await open(runOf(texts));
    expect(events).toEqual([`request: ${address}`]);
    expect(page.url()).toBe(address);
    expect(await globals()).toEqual(before);
    expect(await page.evaluate(() => "owned" in globalThis)).toBe(false);
    // As text, it is there.
    const displayed = await page.evaluate(() => document.body.textContent ?? "");
    expect(displayed.includes('<img src=x onerror="globalThis.owned=1">')).toBe(true);
    expect(displayed.includes("</script><script>globalThis.owned=1</script>")).toBe(true);
  });

  it("is no element, no attribute and no address that a harmless text is not, wherever it stands", async () => {
    const [intended] = await shapes(page, [await htmlReport(hostileRuns("harmless")[0])]);
    expect(Object.keys(intended).length).toBeGreaterThan(20);
    for (let at = 0; at < HOSTILE_STRINGS.length; at += BATCH) {
      const batch = HOSTILE_STRINGS.slice(at, at + BATCH);
      const pages = await Promise.all(batch.map(({ text }) => htmlReport(hostileRuns(text)[0])));
      for (const [k, shape] of (await shapes(page, pages)).entries()) {
        const { name, text } = batch[k];
        // Where findings may be reported is the one address that an implementation gives.
        const tracker = `${XHTML} a href=${text} rel`;
        const { [tracker]: links = 0, ...rest } = shape;
        expect(links, name).toBe(/^https?:\/\/[^\s<>"]+$/.test(text) ? 1 : 0);
        expect(rest, name).toEqual(intended);
      }
    }
  });
});

/** How many elements of each kind there are in pages: tags with their attributes and, where they matter, values. */
function shapes(page: Page, pages: readonly string[]): Promise<Record<string, number>[]> {
  return page.evaluate(
    (all) =>
      all.map((html) => {
        const counts: Record<string, number> = {};
        const document = new DOMParser().parseFromString(html, "text/html");
        for (const element of Array.from(document.querySelectorAll("*"))) {
          const attributes = Array.from(element.attributes, ({ name, value }) =>
            ["id", "class", "href", "src", "style", "for", "role"].includes(name) ? `${name}=${value}` : name,
          );
          const kind = `${element.namespaceURI} ${element.localName} ${attributes.join(" ")}`;
          counts[kind] = (counts[kind] ?? 0) + 1;
        }
        return counts;
      }),
    pages,
  );
}
