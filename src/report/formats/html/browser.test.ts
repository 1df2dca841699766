import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundledAdapter } from "../../../adapter/bundled.js";
import { dialectAdapter } from "../../../suite/__test-helpers__/planted.js";
import type { Report } from "../../model/report.js";
import { startBrowser } from "./__test-helpers__/browser.js";
import { HOSTILE, hostileReport } from "./__test-helpers__/hostile-report.js";
import { measuredReport } from "./__test-helpers__/measured-report.js";
import { htmlReport } from "./html-report.js";

const started = await startBrowser();
const missing = typeof started === "string" ? ` (skipped: ${started})` : "";
const browser = started as Browser;

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

describe.skipIf(missing !== "")(`the page in a browser${missing}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "rmsprop-html-"));
  const reports = {} as Record<"conforming" | "failing" | "hostile", Report>;
  const addresses = {} as Record<keyof typeof reports, string>;

  beforeAll(async () => {
    reports.conforming = await measuredReport(bundledAdapter("fused"));
    reports.failing = await measuredReport(dialectAdapter({ epsilon: "inside" }));
    reports.hostile = hostileReport(reports.failing);
    for (const [name, report] of Object.entries(reports)) {
      const file = join(folder, `${name}.html`);
      writeFileSync(file, await htmlReport(report));
      addresses[name as keyof typeof reports] = pathToFileURL(file).href;
    }
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  interface Opened {
    readonly page: Page;
    /** What the page did besides showing itself. */
    readonly events: string[];
  }

  /** A page of its own, closed after use. */
  async function opened<T>(
    name: keyof typeof reports,
    options: BrowserContextOptions,
    use: (opened: Opened) => Promise<T>,
  ): Promise<T> {
    const context = await browser.newContext({ viewport: SIZES.desktop, ...options });
    try {
      const page = await context.newPage();
      const events: string[] = [];
      page.on("console", (message) => events.push(`console ${message.type()}: ${message.text()}`));
      page.on("pageerror", (error) => events.push(`error: ${error.message}`));
      page.on("dialog", (dialog) => {
        events.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on("request", (request) => {
        if (!request.url().startsWith("data:image/svg+xml") && request.url() !== addresses[name])
          events.push(`request: ${request.url()}`);
      });
      page.on("framenavigated", (frame) => {
        if (frame.url().split("#")[0] !== addresses[name]) events.push(`navigation: ${frame.url()}`);
      });
      await page.goto(addresses[name]);
      return await use({ page, events });
    } finally {
      await context.close();
    }
  }

  const views = (["light", "dark"] as const).flatMap((colorScheme) => [
    ...(["conforming", "failing"] as const).flatMap((name) =>
      (["desktop", "phone"] as const).map((size) => [name, colorScheme, size] as const),
    ),
    ["hostile", colorScheme, colorScheme === "light" ? "desktop" : "phone"] as const,
  ]);

  it.each(views)("%s, %s, %s: no violation, no overflow, no event", async (name, colorScheme, size) => {
    // The checker is a script, which the page's own policy would refuse.
    const options = { colorScheme, viewport: SIZES[size], bypassCSP: true };
    await opened(name, options, async ({ page, events }) => {
      const overflow = () =>
        page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(await overflow()).toBe(0);
      await page.evaluate(() => {
        for (const each of Array.from(document.querySelectorAll("details"))) each.open = true;
      });
      expect(await overflow()).toBe(0);
      expect(events).toEqual([]);
      await page.addScriptTag({ content: axe.source });
      const { violations, passes } = await page.evaluate(() =>
        (globalThis as unknown as { axe: typeof axe }).axe.run(),
      );
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join("\n")}`),
      ).toEqual([]);
      expect(passes.map(({ id }) => id)).toEqual(
        expect.arrayContaining([
          "color-contrast",
          "heading-order",
          "landmark-one-main",
          "scrollable-region-focusable",
        ]),
      );
    });
  });

  it("is dark where the reader wants it dark", async () => {
    const ground = (colorScheme: "light" | "dark") =>
      opened("failing", { colorScheme }, ({ page }) =>
        page.evaluate(() => getComputedStyle(document.body).backgroundColor),
      );
    expect(await ground("light")).toBe("rgb(255, 255, 255)");
    expect(await ground("dark")).toBe("rgb(16, 19, 23)");
  });

  it("leads the keyboard to the report, to every part and to everything that opens", async () => {
    await opened("failing", {}, async ({ page }) => {
      const focused = () =>
        page.evaluate(() => {
          const { tagName, textContent, className } = document.activeElement!;
          return `${tagName.toLowerCase()} ${className} ${textContent?.trim().slice(0, 60)}`;
        });
      await page.keyboard.press("Tab");
      expect(await focused()).toBe("a skip Skip to the report");
      const box = await page.locator(".skip").boundingBox();
      expect(box!.x).toBeGreaterThanOrEqual(0);
      await page.keyboard.press("Enter");
      expect(await page.evaluate(() => document.activeElement!.id)).toBe("report");
      const seen = new Set<string>();
      const total = await page.evaluate(() => document.querySelectorAll("summary").length);
      const links = await page.evaluate(
        () => document.querySelectorAll("main summary, main a, main .scroll").length,
      );
      for (let k = 0; k < links + 5; k++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate(() => document.activeElement!.tagName === "SUMMARY")) {
          const place = await page.evaluate(() =>
            String(
              Array.from(document.querySelectorAll("summary")).indexOf(document.activeElement as HTMLElement),
            ),
          );
          seen.add(place);
        }
      }
      expect(total).toBeGreaterThan(15);
      expect(seen.size).toBe(total);
      const first = page.locator("summary").first();
      await first.focus();
      await page.keyboard.press("Enter");
      expect(await first.evaluate((summary) => (summary.parentElement as HTMLDetailsElement).open)).toBe(
        true,
      );
    });
  });

  it("opens on paper what is closed on a screen, and cuts nothing that scrolls", async () => {
    await opened("failing", { colorScheme: "dark" }, async ({ page }) => {
      const visible = () =>
        page.evaluate(() =>
          Array.from(document.querySelectorAll("details > .body")).map((body) => body.checkVisibility()),
        );
      expect(await visible()).not.toContain(true);
      await page.emulateMedia({ media: "print" });
      expect(await visible()).not.toContain(false);
      expect(await page.evaluate(() => getComputedStyle(document.querySelector(".scroll")!).overflowX)).toBe(
        "visible",
      );
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
        "rgb(255, 255, 255)",
      );
      const pdf = await page.pdf({ format: "A4" });
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
      expect(pdf.length).toBeGreaterThan(20_000);
    });
  });

  it("draws lines of different colour and pattern inside the chart", async () => {
    await opened("conforming", { viewport: SIZES.phone }, async ({ page }) => {
      const lines = await page.evaluate(() =>
        Array.from(document.querySelectorAll(".chart")).map((chart) =>
          Array.from(chart.querySelectorAll(".mark-line path")).map((path) => {
            const { stroke, strokeDasharray } = getComputedStyle(path);
            const [inner, outer] = [path.getBoundingClientRect(), chart.getBoundingClientRect()];
            const inside =
              inner.left >= outer.left - 4 &&
              inner.right <= outer.right + 4 &&
              inner.top >= outer.top - 4 &&
              inner.bottom <= outer.bottom + 4;
            return { stroke, strokeDasharray, inside };
          }),
        ),
      );
      expect(lines).toHaveLength(reports.conforming.training.length + reports.conforming.trajectories.length);
      for (const chart of lines) {
        expect(chart.every(({ inside }) => inside)).toBe(true);
        expect(chart.map(({ stroke }) => stroke)).not.toContain("none");
        expect(
          new Set(chart.map(({ stroke, strokeDasharray }) => `${stroke} ${strokeDasharray}`)).size,
        ).toBeGreaterThan(1);
      }
    });
  });

  it("executes nothing of hostile text and shows it", async () => {
    await opened("hostile", {}, async ({ page, events }) => {
      const title = await page.title();
      await page.evaluate(() => {
        for (const each of Array.from(document.querySelectorAll("details"))) each.open = true;
      });
      // Whatever is bound to a click would act now.
      for (const link of await page.locator("a[href]").all()) await link.dispatchEvent("click");
      await page.mouse.move(600, 400);
      await page.waitForTimeout(300);
      expect(events).toEqual([]);
      expect(await page.title()).toBe(title);
      const displayed = await page.evaluate(() => document.body.textContent);
      const plain = HOSTILE.filter((text) => /^[\x20-\x7e]{2,150}$/.test(text) && !text.includes("  "));
      expect(plain.length).toBeGreaterThan(10);
      for (const text of plain) expect(displayed).toContain(text);
      expect(displayed).toContain("right\\u{202e}to left");
      expect(displayed).toContain("lone \\u{d800} and \\u{dfff}");
      expect(displayed).toContain("\\x1b[2J");
      const foreign = await page.evaluate(
        () =>
          document.querySelectorAll(
            "script:not(body > script:last-child), iframe, img, object, embed, base, form, [onerror], [onload], [onclick]",
          ).length,
      );
      expect(foreign).toBe(0);
      expect(
        await page.evaluate(() => document.querySelectorAll("style, meta[http-equiv], link").length),
      ).toBe(3);
    });
  });

  it("folds families of which every clause passed, until they are opened or linked to", async () => {
    const passed = reports.conforming.clauses.map((row) =>
      row.clause.startsWith("RMS-13.") ? row : { ...row, outcome: "passed" as const },
    );
    const file = join(folder, "folded.html");
    writeFileSync(file, await htmlReport({ ...reports.conforming, clauses: passed }));
    const address = pathToFileURL(file).href;
    await opened("conforming", {}, async ({ page }) => {
      await page.goto(address);
      const family = page.locator("tbody.folded").first();
      const clause = family.locator("tr[id]").first();
      const box = family.getByLabel(/^Show the clauses of /);
      expect(await clause.isVisible()).toBe(false);
      await box.check();
      expect(await clause.isVisible()).toBe(true);
      await box.uncheck();
      expect(await clause.isVisible()).toBe(false);
      await page.goto(`${address}#${await clause.getAttribute("id")}`);
      expect(await clause.isVisible()).toBe(true);
      const other = page.locator("tbody.folded").last().locator("tr[id]").first();
      expect(await other.isVisible()).toBe(false);
      await page.emulateMedia({ media: "print" });
      expect(await other.isVisible()).toBe(true);
    });
    await opened("conforming", { viewport: SIZES.phone }, async ({ page }) => {
      await page.goto(address);
      expect(await page.locator("tbody.folded tr[id]").first().isVisible()).toBe(false);
      expect(await page.locator('tr[id="RMS-13.1"]').isVisible()).toBe(true);
    });
  });

  it("copies code with a click", async () => {
    await opened("failing", { permissions: ["clipboard-read", "clipboard-write"] }, async ({ page }) => {
      const block = page.locator("pre").first();
      await block.getByRole("button", { name: "Copy" }).click();
      await block.getByRole("button", { name: /Copied|Selected/ }).waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toBe(await block.locator("code").textContent());
    });
  });

  it("refuses scripts even if text did become markup", async () => {
    const planted = (await htmlReport(reports.conforming)).replace(
      "</main>",
      `<script>document.title = "owned"</script><img src="x" onerror="document.title='owned'"></main>`,
    );
    const file = join(folder, "planted.html");
    writeFileSync(file, planted);
    const titleWith = async (options: BrowserContextOptions) => {
      const context = await browser.newContext(options);
      try {
        const page = await context.newPage();
        await page.goto(pathToFileURL(file).href);
        await page.waitForTimeout(300);
        return await page.title();
      } finally {
        await context.close();
      }
    };
    expect(await titleWith({})).toMatch(/RMSprop conformance$/);
    // Without the policy it is executed: the policy is what stops it.
    expect(await titleWith({ bypassCSP: true })).toBe("owned");
  });

  it("opens quickly with a hundred findings and very long texts", async () => {
    const { failing } = reports;
    const findings = Array.from({ length: 100 }, (_, k) => ({
      ...failing.findings[0],
      number: k + 1,
      message: "x".repeat(k === 0 ? 10_000_000 : 1000),
    }));
    const cases = Array.from({ length: 800 }, (_, k) => ({
      ...failing.cases[k % failing.cases.length],
      id: `case/${k}`,
    }));
    const before = performance.now();
    const html = await htmlReport({ ...failing, findings, cases });
    const rendered = performance.now() - before;
    const file = join(folder, "large.html");
    writeFileSync(file, html);
    const context = await browser.newContext({ viewport: SIZES.phone });
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
    const loaded = await page.evaluate(
      () => performance.timing.loadEventEnd - performance.timing.navigationStart,
    );
    expect(await page.locator("article").count()).toBe(100);
    await context.close();
    // Ceilings that a busy machine keeps too; what it takes alone is a tenth.
    expect({ rendered: rendered < 15_000, loaded: loaded < 15_000, size: html.length < 6_000_000 }).toEqual({
      rendered: true,
      loaded: true,
      size: true,
    });
  });
});
