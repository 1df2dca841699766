import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromBits } from "../../float32/bits.js";
import { nextDown, nextUp } from "../../float32/neighbours.js";
import { type ReportFinding, type ReportMismatch, reportFloat } from "../model/report.js";
import {
  findingsForPytorch,
  type PlantedFinding,
  plantedFindings,
} from "./__test-helpers__/planted-findings.js";
import { type Ran, type SnippetRun, toolchains } from "./__test-helpers__/toolchains.js";
import { SNIPPET_LANGUAGES, type SnippetLanguage } from "./snippet.js";
import { snippetsOf } from "./snippets.js";

let planted: readonly PlantedFinding[];
let folder: string;
beforeAll(async () => {
  planted = await plantedFindings();
  folder = mkdtempSync(join(tmpdir(), "snippets-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function codeOf(finding: ReportFinding, language: SnippetLanguage): string {
  return snippetsOf(finding).find((snippet) => snippet.language === language)!.code;
}

const bitsAfter = (label: string, output: string) =>
  [...output.matchAll(new RegExp(`^${label} .*\\((0x[0-9a-f]{8})\\)$`, "gm"))].map(([, bits]) => bits);

describe("findings that snippets are tried on", () => {
  it("are of one and of several steps, in one and in all slots, listed and not", () => {
    expect(
      planted.map(({ fault, finding }) => [fault, finding.mismatch?.step, finding.mismatch?.slot]),
    ).toEqual([
      ["epsilon-inside", 1, "parameter"],
      ["lr-inside", 3, "parameter"],
      ["epsilon-inside", 8, "parameter"],
      ["forgets-momentum", 2, "momentum_buffer"],
      ["first-group", 1, "parameter"],
    ]);
    expect(planted.map(({ finding }) => finding.mismatch?.accepted.kind)).toEqual([
      "listed",
      "intervals",
      "listed",
      "listed",
      "listed",
    ]);
    expect(planted.map(({ finding }) => finding.mismatch?.seen?.length)).toEqual([
      undefined,
      2,
      undefined,
      1,
      undefined,
    ]);
  });

  it("have a snippet in every language", () => {
    for (const { finding } of planted)
      expect(snippetsOf(finding).map(({ language }) => language)).toEqual(SNIPPET_LANGUAGES);
  });
});

/** What may not get out of a comment, in any language. */
const HOSTILE =
  "*/ \"\"\" ''' ` $(x) -*- coding: utf-7 -*- +AAo- \u2028#error\u202e\n#error\r\n}\u0000 #[x] //go:build x ??/";

/** The first finding with something else accepted. */
function withMismatch(changes: Partial<ReportMismatch>): ReportFinding {
  const [{ finding }] = planted;
  return { ...finding, mismatch: { ...finding.mismatch!, ...changes } };
}

/** Findings that no gate made here, with what a snippet says of a faulty implementation and of a right one. */
function madeUp(): { fault: string; finding: ReportFinding; faulty: RegExp; right: RegExp }[] {
  const { got, accepted } = planted[0].finding.mismatch!;
  const [value] = accepted.kind === "listed" ? accepted.values : [];
  const right = fromBits(Number(value.bits));
  const groups = planted.find(({ fault }) => fault === "first-group")!.finding;
  return [
    {
      fault: "epsilon-inside",
      finding: withMismatch({
        accepted: {
          kind: "intervals",
          text: [],
          ranges: [
            [reportFloat(Number.NaN), reportFloat(Number.NaN)],
            [reportFloat(nextDown(right)), reportFloat(nextUp(right))],
          ],
        },
      }),
      faulty: /^accepted nan \(0x7fc00000\)\n(?:.*\n)*NOT ACCEPTED: /im,
      right: /^ACCEPTED: /m,
    },
    {
      fault: "epsilon-inside",
      // Any rounding is accepted, but other bits were claimed: here those of the faulty one.
      finding: withMismatch({ got: value, reference: got }),
      faulty: /^THE CLAIMED BITS: /m,
      right: /^NOT THE CLAIMED BITS: /m,
    },
    {
      fault: "first-group",
      finding: {
        ...groups,
        mismatch: {
          ...groups.mismatch!,
          parameter: 0,
          element: 0,
          operation: 1,
          accepted: { kind: "listed", values: [{ value: "NaN", bits: "0xffc00001" }] },
        },
      },
      faulty: /^ACCEPTED: /m,
      right: /^ACCEPTED: /m,
    },
  ];
}

describe.each(toolchains().map((each) => [each.language, each] as const))("%s", (language, chain) => {
  const { missing, fill, run } = chain;
  const check = (title: string, body: () => void | Promise<void>) =>
    missing === undefined ? it(title, body) : it.skip(`${title} (not run: no ${missing})`, () => {});
  const inOwnFolder = (runs: readonly SnippetRun[]) => run(runs, mkdtempSync(join(folder, `${language}-`)));

  /** Of each finding, what a faulty implementation and a right one show. */
  let displayed: { faulty: Ran; right: Ran }[];
  let inconclusive: Ran;
  /** What PyTorch's own shows, with nothing put in. */
  let pasted: Ran[];
  beforeAll(async () => {
    if (missing !== undefined) return;
    const runs = [...planted, ...madeUp()].flatMap(({ fault, finding }) => {
      const code = fill(codeOf({ ...finding, sentence: HOSTILE, replay: `${HOSTILE}\\` }, language));
      return [
        { code, fault },
        { code, fault: "none" },
      ];
    });
    // Wrong from the first step on, so that what the report accepts of the second is not to the point.
    const { finding: later } = planted.find(({ fault }) => fault === "forgets-momentum")!;
    runs.push({ code: fill(codeOf(later, language)), fault: "lr-inside" });
    const asPasted = language === "python-pytorch" ? await findingsForPytorch() : [];
    runs.push(...asPasted.map((finding) => ({ code: codeOf(finding, language), fault: "none" })));
    const ran = await inOwnFolder(runs);
    pasted = ran.splice(ran.length - asPasted.length);
    inconclusive = ran.pop()!;
    displayed = Array.from({ length: ran.length / 2 }, (_, k) => ({
      faulty: ran[2 * k],
      right: ran[2 * k + 1],
    }));
  });

  check("shows the bits that the report shows, and is content with a right implementation", () => {
    planted.forEach(({ finding, fault }, k) => {
      const { got, accepted } = finding.mismatch!;
      const { faulty, right } = displayed[k];
      expect(bitsAfter("got", faulty.output), `${fault}: ${faulty.output}`).toEqual([got.bits]);
      expect(bitsAfter("reported", faulty.output)).toEqual([got.bits]);
      if (accepted.kind === "listed")
        expect(bitsAfter("accepted", faulty.output)).toEqual(accepted.values.map(({ bits }) => bits));
      expect(faulty.output).toMatch(/^NOT ACCEPTED: .*\n$/m);
      expect(faulty.status).toBe(1);
      expect(right.output, fault).toMatch(/^ACCEPTED: .*\n$/m);
      expect(bitsAfter("got", right.output)).not.toEqual([got.bits]);
      expect(right.status).toBe(0);
    });
  });

  check("takes intervals, claimed bits and NaN for what they are", () => {
    madeUp().forEach((expected, k) => {
      const { faulty, right } = displayed[planted.length + k];
      expect(faulty.output).toMatch(expected.faulty);
      expect(right.output).toMatch(expected.right);
      for (const { status, output } of [faulty, right]) expect(status).toBe(/^NOT /m.test(output) ? 1 : 0);
    });
  });

  check("decides nothing where earlier steps give other bits than in the report", () => {
    expect(inconclusive.output).toMatch(/^INCONCLUSIVE: earlier steps gave other bits .*\n$/m);
    expect(inconclusive.status).toBe(3);
  });

  if (language === "python-pytorch")
    check("is content with PyTorch's own as it is pasted", () => {
      expect(pasted).toHaveLength(2);
      for (const { status, output } of pasted) {
        expect(output).toMatch(/^ACCEPTED: /m);
        expect(status).toBe(0);
      }
    });
  // In C it is the linker that says it.
  else if (language !== "c")
    check("fails as long as nothing was put in", async () => {
      const code = codeOf(planted[0].finding, language);
      const [{ status, output }] = await inOwnFolder([{ code, fault: "none" }]);
      expect(status).not.toBe(0);
      expect(output).toContain("put yours here");
    });
});
