import { CLAUSES } from "../../spec/clauses.js";
import type { ClauseOutcome } from "../../spec/outcomes.js";
import { AdapterUnavailable } from "../adapter/adapter.js";
import { type Report, reportFinding, reportOf } from "../report/model/report.js";
import { findingText } from "../report/text/finding-text.js";
import { headline } from "../report/text/headline.js";
import { printable, printableLine } from "../report/text/printable.js";
import { type CaseResult, isPass, isSelfCheck } from "../suite/case-result.js";
import { clauseMatrix } from "../suite/clause-matrix.js";
import { UnusableDeclaration } from "../suite/declared.js";
import { DeterminismAudit } from "../suite/determinism-audit.js";
import { type Finding, findingsOf } from "../suite/finding.js";
import type { GateResult } from "../suite/gate-result.js";
import type { ProfileName } from "../suite/profile.js";
import { ConformanceFailure } from "./conformance-failure.js";
import type { ConformanceOptions } from "./conformance-options.js";
import { GateRun } from "./gate-run.js";
import { type JudgedDialect, judgedDialects } from "./judged-dialect.js";

/** What a test that does not fail has to say. */
export interface ClauseTestResult {
  /**
   * `xfailed`: cases fail, each of them as expected. Where it is `inconclusive`, `skipped` or `spec-only`, nothing was
   * shown of the implementation: this is no pass, so let the runner skip the test.
   */
  readonly outcome: Exclude<ClauseOutcome, "failed">;
  /** Why nothing was shown, or what is expected to fail. */
  readonly reason?: string;
  /** Of the test of the level: what the implementation may say of itself. */
  readonly claim?: string;
}

/** One test of the suite, for any test runner. */
export interface ClauseTest {
  /** Id of the clause, as in RMS-1.2; absent for the two tests that are about the whole run. */
  readonly clause?: string;
  readonly title: string;
  /** Milliseconds in which it should be done. */
  readonly timeout: number;
  /**
   * Runs whatever the test is about and was not run before.
   * @throws {ConformanceFailure} whose message is what the gate would report
   * @throws {AdapterUnavailable} if the implementation cannot be reached
   * @throws {UnusableDeclaration} if it does not claim the dialect
   */
  run(): Promise<ClauseTestResult>;
}

const AUDIT = "determinism audit";
const LEVEL = "level";

/** The first test reads what is stored, and the level may have to run everything. */
const TIMEOUTS: Readonly<Record<ProfileName, number>> = {
  smoke: 120_000,
  ci: 120_000,
  nightly: 3_600_000,
};

/**
 * The suite as tests: one for each clause, then the determinism audit, then the level, which runs whatever was not
 * run before and so claims nothing on the ground of a part. Of several dialects, each has tests of its own.
 * @throws {ProgramError} for options that cannot be meant, and for expectations that cannot be read
 */
export function clauseTests(options: ConformanceOptions): ClauseTest[] {
  const dialects = judgedDialects(options);
  return dialects.flatMap((judged) => {
    const prefix = dialects.length > 1 ? `${judged.dialect}: ` : "";
    return new TestSuite(judged, options, prefix).tests();
  });
}

/** The tests of an implementation in one dialect, which share what was run. */
class TestSuite {
  private readonly run: GateRun;

  constructor(
    private readonly judged: JudgedDialect,
    private readonly options: ConformanceOptions,
    /** Before every title. */
    private readonly prefix: string,
  ) {
    this.run = new GateRun(judged.gateOptions);
  }

  tests(): ClauseTest[] {
    const timeout = this.options.timeout ?? TIMEOUTS[this.judged.profile];
    const titled = (title: string, run: () => Promise<ClauseTestResult>) => ({
      title: `${this.prefix}${title}`,
      timeout,
      run: () => run().catch(rethrowWithoutFrames),
    });
    return [
      ...CLAUSES.map(({ id, statement }) => ({
        clause: id,
        ...titled(`${id} ${statement}`, () => this.clause(id)),
      })),
      titled(AUDIT, () => this.audit()),
      titled(LEVEL, () => this.level()),
    ];
  }

  private async clause(clause: string): Promise<ClauseTestResult> {
    const { plan } = await this.run.planned();
    const results = await this.run.resultsOf(plan.cases.filter(({ clauses }) => clauses.includes(clause)));
    const { outcome } = clauseMatrix(results).find((row) => row.clause === clause)!;
    if (outcome === "failed" || outcome === "xfailed") return this.failing(results, clause);
    if (outcome === "passed") return { outcome };
    const requested = results.filter((result) => !isSelfCheck(result));
    if (outcome !== "spec-only") return { outcome, reason: reasonOf(requested) };
    const why = requested.length === 0 ? "no case asks it of an implementation" : reasonOf(requested);
    return { outcome, reason: `it was checked on the specification only: ${why}` };
  }

  private async audit(): Promise<ClauseTestResult> {
    const results = await this.run.audited();
    if (results.some(({ failure }) => failure)) return this.failing(results, AUDIT);
    if (results.some(isPass)) return { outcome: "passed" };
    const isInconclusive = results.some(({ verdict }) => verdict === "inconclusive");
    return { outcome: isInconclusive ? "inconclusive" : "skipped", reason: reasonOf(results) };
  }

  private async level(): Promise<ClauseTestResult> {
    const result = await this.run.whole();
    if (!result.conforms) throw new ConformanceFailure(this.wholeText(result));
    const { claim } = this.reportOf(result).footer;
    return {
      outcome: result.outcome === "xfailed" ? "xfailed" : "passed",
      ...(claim !== undefined && { claim }),
    };
  }

  /**
   * What becomes of a test with failing cases.
   * @throws {ConformanceFailure} unless all of them are expected
   */
  private async failing(results: readonly CaseResult[], test: string): Promise<ClauseTestResult> {
    const { options } = await this.run.planned();
    const failed = results.filter(({ failure }) => failure);
    // With which verdict a case fails is known when all failures are explained together.
    const expected = options.expectations && (await this.run.whole()).expectations?.expected;
    const unexpected = failed.filter(({ id }) => !expected?.has(id));
    if (unexpected.length === 0) {
      return { outcome: "xfailed", reason: `known to fail: ${failed.map(({ id }) => id).join(", ")}` };
    }
    const findings = await findingsOf(unexpected, options.declaration, options.adapter);
    const replayed = findings.map((finding) => ({ ...finding, replay: this.replay(test) }));
    throw new ConformanceFailure([...selfCheckLines(unexpected), ...cards(replayed)].join("\n"));
  }

  /** The first line of the report, then what fails the run. */
  private wholeText(result: GateResult): string {
    const findings = result.findings.map((finding) => {
      const test = finding.cases.includes(DeterminismAudit.id) ? AUDIT : (finding.clauses[0] ?? LEVEL);
      return { ...finding, replay: this.replay(test) };
    });
    const breaches = result.expectations?.breaches ?? [];
    return [
      headline(this.reportOf(result)),
      ...selfCheckLines(result.results.filter(({ failure }) => failure)),
      ...breaches.map(
        ({ message, line }) => `  ${this.options.expectations}:${line}: ${printableLine(message)}`,
      ),
      "",
      ...cards(findings),
    ].join("\n");
  }

  /** A test runner says itself when it ran what, and how long it took. */
  private reportOf(result: GateResult): Report {
    return reportOf(result, { command: this.replay(LEVEL), started: new Date(), seconds: 0 });
  }

  private replay(test: string): string {
    const { profile, seed } = this.judged;
    const again = (this.options.replay ?? describeSelection)(`${this.prefix}${test}`);
    return `${again}  # profile ${profile}, seed ${seed}`;
  }
}

/** What is wrong with the adapter is in the message; frames of the suite would hide it. */
function rethrowWithoutFrames(error: unknown): never {
  if (error instanceof AdapterUnavailable || error instanceof UnusableDeclaration)
    error.stack = printable(`${error.name}: ${error.message}`);
  throw error;
}

function describeSelection(test: string): string {
  return `run the test "${test} …" again`;
}

function cards(findings: readonly Finding[]): string[] {
  return findings.map((finding, k) => `${findingText(reportFinding(finding, k + 1))}\n`);
}

function selfCheckLines(failed: readonly CaseResult[]): string[] {
  if (!failed.some(isSelfCheck)) return [];
  return ["The suite's own self-check failed: the fault is not the implementation's.", ""];
}

/** The reason that says best what is missing: little evidence, then capabilities, then another dialect. */
function reasonOf(results: readonly CaseResult[]): string {
  const rank = ({ verdict, missingCapabilities }: CaseResult) =>
    verdict === "inconclusive" ? 0 : missingCapabilities ? 1 : 2;
  const best = Math.min(...results.map(rank));
  const reasons = (of: readonly CaseResult[]) =>
    of.map(({ reason = "what was observed decides nothing" }) => reason);
  // The fewer capabilities a case needs, the nearer it was to being run.
  const [first] = reasons(results.filter((one) => rank(one) === best)).sort((a, b) => a.length - b.length);
  if (first === undefined) return "no case is about it";
  const others = new Set(reasons(results)).size - 1;
  return others === 0 ? first : `${first}; and for ${others} other ${others === 1 ? "reason" : "reasons"}`;
}
