import { create } from "xmlbuilder2";
import { clauseById } from "../../../spec/clauses.js";
import { OUTCOMES, SPEC_ONLY } from "../../../spec/outcomes.js";
import { CASE_KINDS, type CaseKind, isSelfCheck } from "../../suite/case-result.js";
import { isExpected } from "../model/case-outcomes.js";
import type { Report, ReportFinding } from "../model/report.js";
import type { LineOf } from "../model/report-schema.js";
import { countedText, countText } from "../text/count-text.js";
import { findingText } from "../text/finding-text.js";
import { headline, outcomeText } from "../text/headline.js";
import { printable, printableLine } from "../text/printable.js";
import { capped, shortTexts } from "../text/short-texts.js";

type ReportCase = LineOf<"case">;

/** Characters of an attribute: consumers show it in one line. */
const MAX_MESSAGE_LENGTH = 500;
/** Reasons and findings that one test case lists before it counts the rest. */
const SHOWN_REASONS = 5;
const SHOWN_FINDINGS = 3;

/** What one test case has in addition to its name, unless it passes and has nothing to say. */
interface Verdict {
  readonly element: "failure" | "error" | "skipped";
  readonly type?: string;
  readonly message: string;
  readonly text?: string;
}

interface TestCase {
  readonly classname: string;
  readonly name: string;
  readonly verdict?: Verdict | undefined;
  readonly output?: string | undefined;
}

interface TestSuite {
  readonly name: string;
  readonly cases: readonly TestCase[];
  readonly properties?: readonly (readonly [name: string, value: string])[];
}

const SUITE_NAMES: Readonly<Record<CaseKind, string>> = {
  regression: "regressions",
  golden: "goldens",
  property: "properties",
  capability: "capabilities",
  audit: "audits",
  witness: "witnesses",
  "self-check": "self-checks",
};

/**
 * The report as JUnit XML, as Jenkins, GitLab and their like read it: a suite about the run itself, one of clauses, and
 * one for each kind of case; every case is in it once. The suite about the run has an error if the run is incomplete,
 * shows nothing, or breaches its expectations: such a run is never green.
 */
export function junitReport(report: Report): string {
  const short = shortTexts(report);
  const findings = findingsByCase(short);
  const suites: TestSuite[] = [
    { name: "run", cases: runCases(short), properties: propertiesOf(short) },
    { name: "clauses", cases: short.clauses.map((row) => clauseCase(row, short, findings)) },
    ...CASE_KINDS.map((kind) => ({
      name: SUITE_NAMES[kind],
      cases: short.cases
        .filter((one) => one.kind === kind)
        .map((one) => reportCase(one, findings.get(one.id))),
    })),
  ];
  return xmlOf(
    short,
    suites.filter(({ cases }) => cases.length > 0),
  );
}

/** A finding and its card, made once. */
interface Card {
  readonly finding: ReportFinding;
  readonly text: string;
}

function findingsByCase({ findings }: Report): Map<string, Card> {
  const byCase = new Map<string, Card>();
  for (const finding of findings) {
    const card = { finding, text: findingText(finding) };
    for (const id of finding.cases) if (!byCase.has(id)) byCase.set(id, card);
  }
  return byCase;
}

/** The run as a whole, and each known failure that does not hold. */
function runCases(report: Report): TestCase[] {
  const classname = "rmsprop.run";
  const { outcome, inconclusive } = report.footer;
  const message = outcomeText(report);
  const verdict: Verdict | undefined = inconclusive
    ? { element: "error", type: inconclusive, message }
    : outcome === "failed"
      ? { element: "failure", type: outcome, message }
      : undefined;
  const seen = new Map<number, number>();
  const breaches = (report.footer.expectations?.breaches ?? []).map(({ kind, line, message }): TestCase => {
    const count = (seen.get(line) ?? 0) + 1;
    seen.set(line, count);
    const name = `known failure in line ${line}${count > 1 ? ` (${count})` : ""}`;
    return { classname, name, verdict: { element: "error", type: kind, message, text: message } };
  });
  return [{ classname, name: "run", ...(verdict && { verdict }), output: headline(report) }, ...breaches];
}

function propertiesOf({ header, footer }: Report): [string, string][] {
  const { implementation, environment, shard } = header;
  const optional = (name: string, value: string | undefined): [string, string][] =>
    value === undefined ? [] : [[name, value]];
  return [
    ["suite", header.suite],
    ["implementation", implementation.name],
    ["implementation version", implementation.version],
    ["language", implementation.language],
    ["dialect", header.dialect],
    ...optional("reference", header.reference),
    ["level", header.level],
    ["reached", footer.reached],
    ...optional("validation", footer.validation),
    ["profile", header.profile],
    ["seed", String(header.seed)],
    ...optional("only", header.only),
    ...optional("shard", shard && `${shard.index} of ${shard.count}`),
    ["command", header.command],
    ["platform", `${environment.platform} ${environment.arch}`],
    ["node", environment.node],
    ...optional("claim", footer.claim),
  ];
}

function reportCase(one: ReportCase, card: Card | undefined): TestCase {
  return {
    classname: `rmsprop.${one.kind}`,
    name: one.id,
    verdict: caseVerdict(one, card),
    output: card ? `${factsOf(one)}\n\n${card.text}` : factsOf(one),
  };
}

function caseVerdict(one: ReportCase, card: Card | undefined): Verdict | undefined {
  const { outcome, verdict, reason } = one;
  const message = card?.finding.sentence ?? one.message ?? verdict;
  switch (outcome) {
    case "passed":
      return undefined;
    case "failed":
      return {
        element: isSelfCheck(one) ? "error" : "failure",
        type: verdict,
        message,
        text: card?.text ?? one.message ?? verdict,
      };
    case "xfailed":
      return { element: "skipped", message: `xfailed: ${verdict}: ${message}` };
    case "inconclusive":
      return { element: "skipped", message: `inconclusive: ${reason ?? OUTCOMES.inconclusive}` };
    case "skipped":
      return { element: "skipped", message: `skipped: ${reason ?? "without a reason"}` };
  }
}

/** What was run and judged, in a line; and what the implementation said where it failed. */
function factsOf({ verdict, runs, distribution, tally, message }: ReportCase): string {
  const { judged, weak, indeterminate, rejected } = tally;
  const drawn =
    distribution === undefined ? countedText(runs, "run") : `${countedText(runs, "draw")} of ${distribution}`;
  const facts = `${verdict} · ${drawn} · ${countedText(judged, "observation")} judged: ${countText(weak)} weak, ${countText(indeterminate)} indeterminate, ${countText(rejected)} rejected`;
  return message === undefined ? facts : `${facts}\n${message}`;
}

function clauseCase(row: LineOf<"clause">, report: Report, cards: ReadonlyMap<string, Card>): TestCase {
  const { clause, counts } = row;
  const concerned = report.cases.filter(({ clauses }) => clauses.includes(clause));
  const about = [...new Set(concerned.flatMap(({ id }) => cards.get(id) ?? []))];
  const counted = Object.entries(counts).map(([verdict, count]) => `${verdict} ${countText(count)}`);
  return {
    classname: "rmsprop.clauses",
    name: `${clause} ${clauseById(clause).statement}`,
    verdict: clauseVerdict(row, report, concerned, about),
    output:
      counted.length === 0
        ? undefined
        : [`cases by verdict: ${counted.join(", ")}`, ...cardTexts(about)].join("\n\n"),
  };
}

function clauseVerdict(
  { outcome }: LineOf<"clause">,
  report: Report,
  concerned: readonly ReportCase[],
  about: readonly Card[],
): Verdict | undefined {
  switch (outcome) {
    case "passed":
      return undefined;
    case "failed": {
      const failed = concerned.filter((one) => one.outcome === "failed");
      const open = about.filter(({ finding }) => !isExpected(finding, report));
      const first = open[0]?.finding;
      const message = first?.sentence ?? failed[0]?.message ?? "a case that tests it fails";
      return {
        element: failed.length > 0 && failed.every(isSelfCheck) ? "error" : "failure",
        type: first?.verdict ?? failed[0]?.verdict ?? "failed",
        message,
        text: cardTexts(open).join("\n\n") || message,
      };
    }
    case "xfailed": {
      const known = concerned.filter((one) => one.outcome === "xfailed");
      return { element: "skipped", message: `xfailed: ${namesOf(known)}` };
    }
    case "spec-only":
      return { element: "skipped", message: `spec-only: ${SPEC_ONLY[outcome]}` };
    case "inconclusive":
    case "skipped": {
      const reasons = [...new Set(concerned.flatMap(({ reason }) => reason ?? []))];
      const rest = reasons.length - SHOWN_REASONS;
      const listed = `${reasons.slice(0, SHOWN_REASONS).join("; ")}${rest > 0 ? `; ${countedText(rest, "more reason")}` : ""}`;
      const message = concerned.length === 0 ? "no case with a result tests it" : listed;
      return { element: "skipped", message: `${outcome}: ${message || OUTCOMES[outcome]}` };
    }
  }
}

function cardTexts(cards: readonly Card[]): string[] {
  const rest = cards.length - SHOWN_FINDINGS;
  return [
    ...cards.slice(0, SHOWN_FINDINGS).map(({ text }) => text),
    ...(rest > 0 ? [`${countedText(rest, "more finding")}`] : []),
  ];
}

function namesOf(cases: readonly ReportCase[]): string {
  const rest = cases.length - SHOWN_REASONS;
  const names = cases.slice(0, SHOWN_REASONS).map(({ id }) => id);
  return `${names.join(", ")}${rest > 0 ? `, … ${countText(rest)} more` : ""}`;
}

type Counts = Readonly<Record<"tests" | "failures" | "errors", string>>;

function countsOf(cases: readonly TestCase[]): Counts {
  const count = (element: Verdict["element"]) =>
    String(cases.filter(({ verdict }) => verdict?.element === element).length);
  return { tests: String(cases.length), failures: count("failure"), errors: count("error") };
}

function xmlOf({ header, footer }: Report, suites: readonly TestSuite[]): string {
  const document = create({ version: "1.0", encoding: "UTF-8" });
  const { name, version } = header.implementation;
  const root = document.ele("testsuites", {
    name: attribute(`rmsprop-conformance ${header.suite}: ${name} ${version}`),
    ...countsOf(suites.flatMap(({ cases }) => cases)),
    time: footer.seconds.toFixed(3),
  });
  for (const { name, cases, properties } of suites) {
    const suite = root.ele("testsuite", {
      name,
      ...countsOf(cases),
      skipped: String(cases.filter(({ verdict }) => verdict?.element === "skipped").length),
      // ISO 8601 without a zone, in UTC.
      timestamp: header.started.slice(0, 19),
    });
    if (properties) {
      const list = suite.ele("properties");
      for (const [name, value] of properties) list.ele("property", { name, value: attribute(value) });
    }
    for (const { classname, name, verdict, output } of cases) {
      const testcase = suite.ele("testcase", { classname, name: attribute(name) });
      if (verdict) {
        const { element, type, message, text } = verdict;
        const attributes = {
          ...(type !== undefined && { type: attribute(type) }),
          message: attribute(message),
        };
        const inner = testcase.ele(element, attributes);
        if (text !== undefined) inner.txt(content(text));
      }
      if (output !== undefined) testcase.ele("system-out").txt(content(output));
    }
  }
  return `${document.end({ prettyPrint: true, wellFormed: true })}\n`;
}

/** Readers turn tabs and ends of lines in attributes into spaces: they are shown. */
function attribute(text: string): string {
  return content(printableLine(capped(text, MAX_MESSAGE_LENGTH)).replaceAll("\t", "\\t"));
}

/** The writer takes what looks like an entity for one, known or not: every ampersand is made one that it leaves alone. */
function content(text: string): string {
  return printable(text).replaceAll("&", "&amp;");
}
