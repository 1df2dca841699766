import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { CLAUSES } from "../../../../spec/clauses.js";
import { bundledAdapter } from "../../../adapter/bundled.js";
import { dialectAdapter } from "../../../suite/__test-helpers__/planted.js";
import type { Report } from "../../model/report.js";
import { HOSTILE, hostileReport } from "./__test-helpers__/hostile-report.js";
import { measuredReport } from "./__test-helpers__/measured-report.js";
import { COPY_SCRIPT } from "./copy-script.js";
import { htmlReport } from "./html-report.js";

let right: Report;
let failing: Report;
let page: string;
beforeAll(async () => {
  right = await measuredReport(bundledAdapter("fused"));
  failing = await measuredReport(dialectAdapter({ epsilon: "inside" }));
  page = await htmlReport(failing);
});

/** The page as a reader sees it: without tags, and with the characters that stood for themselves. */
function textOf(html: string): string {
  return html
    .slice(html.indexOf("<body>"))
    .replace(/<\/?(?:a|b|bdi|code|small|span|strong|u)\b[^>]*>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");
}

const all = (html: string, pattern: RegExp) => [...html.matchAll(pattern)].map(([, found]) => found);

describe("the page", () => {
  it("is one file that loads nothing and runs only its own script", () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en"><head><meta charset="utf-8"\/?>/);
    const hash = createHash("sha256").update(COPY_SCRIPT).digest("base64");
    expect(page).toContain(
      `content="default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:;`,
    );
    expect(page.split(`<script>${COPY_SCRIPT}</script>`)).toHaveLength(2);
    expect(page.replace(`<script>${COPY_SCRIPT}</script>`, "")).not.toMatch(
      /<script|<iframe|<object|<embed|<base|@import|url\(/i,
    );
    expect(all(page, / (?:src|srcset|action)="([^"]*)"/g)).toEqual([]);
    expect(
      all(page, / href="([^"#][^"]*)"/g).filter((href) => !href.startsWith("data:image/svg+xml,")),
    ).toEqual([]);
  });

  it("has one h1 and no heading that skips a level", () => {
    const levels = all(page, /<h([1-6])\b/g).map(Number);
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    for (const [k, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[k - 1] ?? 0) + 1);
    expect(levels.length).toBeGreaterThan(20);
  });

  it("has every id once, and a place for every link", () => {
    const ids = all(page, / id="([^"]*)"/g);
    expect(ids.length).toBeGreaterThan(80);
    expect(ids.filter((id, k) => ids.indexOf(id) !== k)).toEqual([]);
    const targets = new Set(ids);
    expect(all(page, / href="#([^"]*)"/g).filter((id) => !targets.has(id))).toEqual([]);
    expect(all(page, / aria-labelledby="([^"]*)"/g).filter((id) => !targets.has(id))).toEqual([]);
  });

  it("says first what is wrong, then everything else in the order of the design", () => {
    const text = textOf(page);
    expect(text).toMatch(
      /FAILED at L2 \(reached L0: speaks the protocol\) planted 1 \(TypeScript\) held to dialect pytorch .* What is wrong This is another dialect: epsilon is inside instead of outside\. 12 cases, RMS-8\.6/,
    );
    expect(all(page, /<h2 id="[^"]*">([^<]*)<\/h2>/g)).toEqual([
      "Findings",
      "Clauses",
      "Worst error by quantity",
      "How sharp the judgement is",
      "Over many steps",
      "The run",
      "What this report does not show",
      "Glossary",
    ]);
    expect(all(page, /<title>([^<]*)<\/title>/g)).toEqual(["✗ planted 1: failed – RMSprop conformance"]);
  });

  it("is the same for the same report", async () => {
    const [once, again] = await Promise.all([htmlReport(failing), htmlReport(failing)]);
    expect(once).toBe(page);
    expect(again).toBe(page);
  });
});

describe("a card", () => {
  it("has the diagnosis, the clause, the program, the values and how to see it again", () => {
    const [finding] = failing.findings;
    const { got, accepted, distance } = finding.mismatch!;
    const card = textOf(`<body>${page.slice(page.indexOf("<article"), page.indexOf("</article>"))}`);
    expect(card).toContain(finding.sentence);
    expect(card).toContain(finding.verdict);
    expect(card).toContain("RMS-8.6 Each parameter group uses its own hyperparameters");
    expect(card).toContain("declared outside · d = √v + ε seen inside · d = √(v + ε)");
    expect(card).toMatch(/Minimal program init pytorch \{lr /);
    expect(card).toContain(`got ${got.value} 0x`);
    expect(accepted.kind).toBe("listed");
    expect(card).toContain(`${distance!.toLocaleString("en-US")} ulps`);
    expect(card).toContain(`Replay ${finding.replay}`);
    expect(card).toContain("Known-failures file that silences it, once reason and issue are filled in");
    expect(card).toMatch(/ verdict: other-dialect .*reason: /);
    expect(card).toMatch(/Python with NumPy .* PyTorch .* JavaScript .* Rust .* C .* Go /);
    for (const id of finding.cases) expect(card).toContain(id);
  });

  it("underlines the digits that differ", () => {
    const digits = (name: string) =>
      new RegExp(
        `<th scope="row">${name}</th><td><bdi[^>]*>[^<]*</bdi></td><td>0x([0-9a-f]*)<u>([0-9a-f]+)</u>`,
      ).exec(page)!;
    const [, same, differ] = digits("got");
    const [, sameAccepted, differAccepted] = digits("accepted");
    expect(sameAccepted).toBe(same);
    expect(differAccepted[0]).not.toBe(differ[0]);
    expect(`0x${same}${differ}`).toBe(failing.findings[0].mismatch!.got.bits);
  });

  it("is there for a finding without program and values: a process that crashes", async () => {
    const [finding] = failing.findings;
    const { program: _, mismatch: __, ...rest } = finding;
    const crash = {
      ...rest,
      verdict: "crash" as const,
      axes: [],
      sentence: "It ended.",
      message: "exit 139\nstderr: boom",
    };
    const text = textOf(await htmlReport({ ...failing, findings: [crash] }));
    expect(text).toContain("It ended.");
    expect(text).toContain("exit 139 stderr: boom");
    expect(text).toContain("No program reproduces it in isolation.");
    expect(text).toContain("No snippet: No program shows it.");
  });

  it("says of a program that cannot be read why, and keeps the rest", async () => {
    const broken = { ...failing.findings[0], program: { format: "rmsprop-program/9" } };
    const text = textOf(await htmlReport({ ...failing, findings: [broken] }));
    expect(text).toMatch(/The program cannot be read: finding 1: \w+/);
    expect(text).toMatch(/No snippet: program of finding 1: \w+/);
    expect(text).toContain("What this report does not show");
  });

  it("gives the ends of intervals, nearest first", async () => {
    const [finding] = failing.findings;
    const float = (value: string, bits: string) => ({ value, bits });
    const accepted = {
      kind: "intervals" as const,
      text: ["…"],
      ranges: [
        [float("8", "0x41000000"), float("16", "0x41800000")],
        [float("1", "0x3f800000"), float("1.0000001", "0x3f800001")],
        [float("NaN", "0x7fc00000"), float("NaN", "0x7fc00000")],
      ] as [{ value: string; bits: string }, { value: string; bits: string }][],
    };
    const { distance: _, reference: __, ...mismatch } = finding.mismatch!;
    const got = float("1.0000004", "0x3f800003");
    const text = textOf(
      await htmlReport({ ...failing, findings: [{ ...finding, mismatch: { ...mismatch, got, accepted } }] }),
    );
    expect(text).toMatch(
      /got 1\.0000004 0x3f800003 accepted from 1 0x3f800000 3 ulps accepted to 1\.0000001 0x3f800001 2 ulps accepted from 8 0x41000000 [\d,]+ ulps accepted to 16 0x41800000 [\d,]+ ulps accepted NaN/,
    );
  });
});

describe("every outcome", () => {
  const first = (html: string) =>
    /<h1>.*?<\/h1>/
      .exec(html)![0]
      .replace(/<[^>]*>/g, "")
      .trim();

  it("is said in the first line and marked with a shape", async () => {
    const selfCheck = {
      ...right.cases[0],
      id: "two-oracles-agree",
      kind: "self-check" as const,
      outcome: "failed" as const,
      message: "they do not",
    };
    const expectations = { expected: [failing.cases[0].id], breaches: [] };
    const withFooter = (report: Report, footer: Partial<Report["footer"]>): Report => ({
      ...report,
      footer: { ...report.footer, ...footer },
    });
    const known = { ...failing.cases[0], outcome: "xfailed" as const };
    const pages = [
      right,
      {
        ...withFooter(failing, { outcome: "xfailed", expectations }),
        cases: [known, ...failing.cases.slice(1)],
      },
      failing,
      withFooter(right, {
        complete: false,
        outcome: "inconclusive",
        inconclusive: "interrupted",
        planned: 3000,
        stopped: "stopped by SIGINT",
      }),
      withFooter(right, { outcome: "inconclusive", inconclusive: "no-evidence" }),
      {
        ...withFooter(right, { outcome: "inconclusive", inconclusive: "self-check-failed" }),
        cases: [...right.cases, selfCheck],
      },
    ];
    const displayed = await Promise.all(pages.map(htmlReport));
    expect(displayed.map(first)).toEqual([
      expect.stringMatching(/^PASSED at L2 \(reached L3: bit-exact to the reference evaluation\)$/),
      expect.stringMatching(/^XFAILED at L2 .*, with 1 known failure$/),
      expect.stringMatching(/^FAILED at L2 /),
      expect.stringMatching(/^INCONCLUSIVE after 14 of 3,000 cases: stopped by SIGINT$/),
      expect.stringMatching(/^INCONCLUSIVE: no case that was run decides anything$/),
      expect.stringMatching(
        /^INCONCLUSIVE: the suite's own self-check failed: the suite is wrong, not the implementation, /,
      ),
    ]);
    expect(displayed.map((html) => /<h1><svg class="icon (\w+)"/.exec(html)?.[1])).toEqual([
      "good",
      "good",
      "bad",
      "warning",
      "warning",
      "bad",
    ]);
    expect(textOf(displayed[0])).toContain("What it may claim bundled (fused) 0.1.0: L3 ");
    expect(textOf(displayed[0])).toContain("No case failed.");
    expect(textOf(displayed[1])).toContain("Known failures");
    expect(textOf(displayed[1])).toContain("1 case fails as expected");
    expect(textOf(displayed[3])).toContain("2,986 without a result");
    expect(textOf(displayed[5])).toContain("Self-check two-oracles-agree: they do not");
  });

  it("shows known failures that do not hold next to the verdict", async () => {
    const breaches = [{ kind: "stale", line: 3, message: "remove it" }];
    const expectations = { expected: [], breaches };
    const text = textOf(
      await htmlReport({ ...right, footer: { ...right.footer, outcome: "failed", expectations } }),
    );
    expect(text.slice(0, text.indexOf("Cases run"))).toContain("Known failure in line 3: remove it");
  });
});

describe("the parts", () => {
  it("have every clause, with what was not run and why", async () => {
    const missingCapabilities = {
      ...right.cases[0],
      id: "a",
      outcome: "skipped" as const,
      verdict: "skipped" as const,
      missingCapabilities: ["set", "load"],
    };
    const skipped = {
      ...right.cases[0],
      id: "b",
      outcome: "skipped" as const,
      verdict: "skipped" as const,
      reason: "not a property of it",
    };
    const text = textOf(
      await htmlReport({ ...right, cases: [...right.cases, missingCapabilities, skipped] }),
    );
    for (const { id, statement } of CLAUSES) {
      expect(text).toContain(id);
      expect(text).toContain(statement);
    }
    expect(text).toContain("skipped 1 case: needs set and load, which is not offered a ");
    expect(text).toContain("skipped 1 case: not a property of it b ");
  });

  it("show what was measured, with drawings and the numbers of them", () => {
    expect(failing.accuracy.length).toBeGreaterThan(1);
    const text = textOf(page);
    for (const { slot, worst } of failing.accuracy) {
      expect(text).toContain(`Program of the worst ${slot}: parameter ${worst.parameter}`);
      expect(text).toContain(`${worst.got.value} ${worst.got.bits}`);
    }
    const drawings = all(page, /role="img" aria-label="([^"]*)"/g);
    expect(drawings).toHaveLength(failing.training.length + failing.trajectories.length);
    expect(drawings.length).toBeGreaterThan(3);
    for (const alternative of drawings)
      expect(alternative).toMatch(/\d.* The numbers are in the table below\.$/);
    expect(all(page, /<svg xmlns="[^"]*"[^>]*? (viewBox)="/g)).toHaveLength(drawings.length);
    expect(page).toContain('stroke="var(--series-1)"');
  });

  it("say that nothing was measured, and why, where that is so", async () => {
    const bare = { ...right, accuracy: [], sets: [], training: [], trajectories: [] };
    const text = textOf(await htmlReport(bare));
    for (const what of ["No error", "No set", "No training", "No path"])
      expect(text).toContain(`${what} was measured: the run was restricted to a part of the cases`);
    const { only: _, ...header } = right.header;
    expect(textOf(await htmlReport({ ...bare, header }))).toContain(
      "No error was measured: the run made no measurements",
    );
    const stopped = { ...bare, footer: { ...right.footer, complete: false } };
    expect(textOf(await htmlReport(stopped))).toContain("No error was measured: the run is not complete");
  });

  it("draw errors of zero and of infinity as gaps, and say so", async () => {
    const training = [
      { type: "training" as const, id: "t", title: "t", errors: { parameter: [0, 0.5, null, 3] } },
    ];
    const html = await htmlReport({ ...right, training });
    const text = textOf(html);
    expect(text).toContain("Steps without any error, which this scale has no place for: parameter 1.");
    expect(text).toContain("Steps where only one of the two values is finite, not drawn: parameter 1.");
    const drawing = html.slice(html.indexOf("<svg xmlns"), html.lastIndexOf("</svg>"));
    expect(drawing).toMatch(/d="M[\d.,L]+"/);
    expect(drawing).not.toMatch(/NaN|Infinity/);
    const none = await htmlReport({
      ...right,
      training: [{ ...training[0], errors: { parameter: [0, 0] } }],
    });
    expect(textOf(none)).toContain("Every step is the exact result, rounded: there is no error to draw.");
  });

  it("link to an issue tracker only where it is a page", async () => {
    const withIssues = (issues: string) =>
      htmlReport({
        ...right,
        header: { ...right.header, implementation: { ...right.header.implementation, issues } },
      });
    expect(await withIssues("https://example.org/issues?a=1&b=2")).toContain(
      '<a href="https://example.org/issues?a=1&amp;b=2" rel="noreferrer">',
    );
    for (const issues of [
      "javascript:alert(1)",
      "data:text/html,x",
      "https://",
      " https://example.org",
      "//example.org",
    ])
      expect(all(await withIssues(issues), / href="([^"#][^"]*)"/g)).toHaveLength(1);
  });
});

describe("hostile text", () => {
  it("has the same tags as any other text", async () => {
    const tags = (html: string) => all(html, /<(\/?[a-zA-Z!][^\s>/]*)/g);
    const html = await htmlReport(hostileReport(failing));
    const known = new Set([...tags(page), ...tags(await htmlReport(right)), "ul", "/ul", "br"]);
    expect(tags(html).filter((tag) => !known.has(tag))).toEqual([]);
    expect(html).not.toMatch(/ on\w+="| (?:src|style)="[^"]*javascript|href="javascript/i);
    expect(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}].{0,40}/u.exec(html)?.[0]).toBeUndefined();
    const text = textOf(html);
    for (const hostile of HOSTILE.filter((each) => /^[\x20-\x7e]*$/.test(each) && each.length < 200))
      expect(text).toContain(hostile.replace(/\s+/g, " ").slice(0, 60));
  });

  it("is cut where it is very long, and what is left out is counted", async () => {
    const long = "x".repeat(10_000_000);
    const [finding] = failing.findings;
    const report: Report = {
      ...failing,
      header: {
        ...failing.header,
        implementation: { name: long, version: long, language: long, issues: long },
      },
      findings: [{ ...finding, sentence: long, message: long }],
      cases: failing.cases.map((each) => ({ ...each, reason: long, message: long })),
    };
    const before = performance.now();
    const html = await htmlReport(report);
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(html.length).toBeLessThan(1_000_000);
    expect(html).toContain("… 9,998,000 more characters");
  });

  it("does not lose half a character where it is cut", async () => {
    const [finding] = failing.findings;
    const sentence = `${"x".repeat(1999)}😀😀`;
    expect(await htmlReport({ ...failing, findings: [{ ...finding, sentence }] })).toContain(
      "xx … 4 more characters",
    );
  });
});
