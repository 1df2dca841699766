/** A text that an implementation might say, to have more done with it than shown. */
export interface HostileString {
  readonly name: string;
  readonly text: string;
}

type Atoms = Readonly<Record<string, string>>;

/** What a terminal, or whatever else shows text, would act upon. */
const CONTROLS: Atoms = {
  "NUL within": "a\u0000b",
  bell: "\u0007",
  backspaces: "rejected\b\b\b\b\b\b\b\baccepted",
  "carriage return over the line": "FAILED\rCONFORMS at L3   ",
  "vertical tab and form feed": "a\u000bb\u000cc",
  DEL: "a\u007fb",
  "all C0 controls": String.fromCharCode(...Array(32).keys()),
  "all C1 controls": String.fromCharCode(...Array.from({ length: 32 }, (_, k) => 0x80 + k)),
  "ANSI colour": "\u001b[32mCONFORMS\u001b[0m",
  "ANSI clear screen": "\u001b[2J\u001b[H",
  "ANSI cursor up and erase": "\u001b[1A\u001b[2KCONFORMS",
  "ANSI hidden text": "\u001b[8mhidden\u001b[28m",
  "ANSI by C1": "\u009b31mred\u009b0m",
  "ANSI unfinished": "\u001b[",
  "OSC title": "\u001b]0;owned\u0007",
  "OSC title by C1": "\u009d0;owned\u009c",
  "OSC hyperlink": "\u001b]8;;https://example.invalid/\u001b\\here\u001b]8;;\u001b\\",
  "OSC clipboard": "\u001b]52;c;b3duZWQ=\u0007",
  "OSC of a terminal program": "\u001b]1337;File=inline=1:AAAA\u0007",
  "DCS string": "\u001bP1$r0m\u001b\\",
  "device report": "\u001b[6n\u001b[c",
  "section of a CI log": "\u001b[0Ksection_start:1:owned\r\u001b[0K",
};

/** What is not as it looks. */
const INVISIBLE: Atoms = {
  "bidi override": "a\u202egnp.exe",
  "bidi isolates": "\u2066a\u2067b\u2068c\u2069",
  "bidi embedding left open": "\u202b(a",
  "marks of direction": "a\u200e\u200f\u061cb",
  "zero width": "C\u200bO\u200cN\u200dF\u2060O\u00adRMS",
  "byte order mark": "\ufeffa",
  "interlinear annotation": "a\ufff9b\ufffac\ufffb",
  "tag characters": "a\u{e0001}\u{e0061}\u{e007f}",
  noncharacters: "a\ufffeb\uffffc\u{1fffe}d\ufdd0",
  "private use": "\ue000\u{f0000}",
  "lone high surrogate": "a\ud800",
  "lone low surrogate": "\udfffa",
  "surrogates the wrong way round": "\udc00\ud800",
  "emoji with joiners": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏿",
  flags: "🇦🇶🇦",
  "right to left": "שלום العالم L3",
  zalgo: `L${"\u0300\u0323\u0489\u20dd".repeat(50)}3`,
  "combining mark first": "\u0301\u20ddCONFORMS",
  "letters of other scripts": "СΟNFОRMЅ at L３",
  "hangul filler": "\u3164\u115f",
  "wide and ideographic spaces": "a\u3000\u2003\u00a0\u1680b",
  replacement: "\ufffd",
};

/** What breaks out of text into markup. */
const CLOSERS: Atoms = {
  "double quote and angle": `">`,
  "single quote and angle": `'>`,
  CDATA: "]]>",
  "CDATA twice": "]]]]><![CDATA[>",
  comment: "-->",
  "comment with bang": "--!>",
  script: "</script>",
  style: "</style>",
  title: "</title>",
  textarea: "</textarea>",
  code: "</code></pre>",
  details: "</summary></details>",
  "JUnit output": "</system-out></testcase>",
  "JUnit failure": "</failure><skipped/>",
  backtick: "`",
  "three backticks": "```\n",
  "thirty backticks": `${"`".repeat(30)}\n`,
};

/** What does something as markup. */
const ACTIVE: Atoms = {
  script: "<script>globalThis.owned=1</script>",
  "script in capitals": "<ScRiPt >globalThis.owned=1</sCrIpT>",
  image: `<img src=x onerror="globalThis.owned=1">`,
  "image without end": "<img src=x onerror=globalThis.owned=1//",
  svg: "<svg/onload=globalThis.owned=1>",
  frame: `<iframe src="javascript:parent.owned=1"></iframe>`,
  "frame with a document": `<iframe srcdoc="<script>parent.owned=1</script>"></iframe>`,
  object: `<object data="data:text/html,<script>1</script>"></object>`,
  link: `<a href="javascript:globalThis.owned=1" autofocus onfocus=globalThis.owned=1>x</a>`,
  "focus by itself": "<input autofocus onfocus=globalThis.owned=1>",
  "open details": "<details open ontoggle=globalThis.owned=1>",
  "style sheet": `<link rel=stylesheet href="https://example.invalid/a.css">`,
  style: "<style>*{display:none!important}@import url(https://example.invalid/)</style>",
  base: `<base href="https://example.invalid/">`,
  refresh: `<meta http-equiv=refresh content="0;url=https://example.invalid/">`,
  form: `<form action="https://example.invalid/"><button>go</button></form>`,
  math: "<math><mtext><table><mglyph><style><img src=x onerror=globalThis.owned=1>",
};

/** What stands for something else in XML, HTML or a URL. */
const ENTITIES: Atoms = {
  "HTML entity": "&lt;b&gt;",
  "numeric entity": "&#60;script&#62;",
  "hex entity": "&#x3c;script&#x3e;",
  "entity of NUL": "&#0;&#x0;",
  "entity of a surrogate": "&#xd800;",
  "entity that XML does not know": "&nbsp;&copy;",
  "entity without end": "&lt &amp &#60",
  ampersands: "&&amp;&amp;amp;&",
  doctype: `<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]>&a;&c;`,
  "processing instruction": `<?xml version="1.1"?><?php echo 1 ?>`,
  "percent signs": "%3Cscript%3E%00%0a%25",
  "escape of JSON": "\\u003cscript\\u003e\\u0000",
};

/** What is an address or a mention. */
const ADDRESSES: Atoms = {
  "http address": "http://example.invalid/",
  "https address in brackets": "<https://example.invalid/>",
  "address without scheme": "www.example.invalid",
  "bare domain": "example.com",
  "e-mail address": "a@example.com",
  "javascript address": "javascript:globalThis.owned=1//",
  "javascript address with tab": "java\tscript:globalThis.owned=1",
  "data address": "data:text/html;base64,PHNjcmlwdD4xPC9zY3JpcHQ+",
  "file address": "file:///etc/passwd",
  mention: "@everyone please look",
  "mention of a team": "cc @owner/team",
  issue: "fixes #1",
  "issue of another repository": "owner/repository#1",
  "issue by GH": "GH-1",
  commit: "0123456789abcdef0123456789abcdef01234567",
  "emoji name": ":tada: :+1:",
};

/** What is Markdown. */
const MARKDOWN: Atoms = {
  link: "[PASSED](https://example.invalid/)",
  "javascript link": "[x](javascript:globalThis.owned=1)",
  image: "![x](https://example.invalid/x.png)",
  "reference link": "[x]\n\n[x]: https://example.invalid/",
  footnote: "a[^1]\n\n[^1]: b",
  emphasis: "*a* **b** _c_ __d__ ~~e~~",
  heading: "# PASSED",
  "heading by underline": "PASSED\n===",
  rule: "---",
  "list item": "- a\n- b",
  "ordered item": "1. a",
  task: "- [x] done",
  quote: "> a",
  alert: "> [!NOTE]\n> a",
  "indented code": "    a",
  tildes: "~~~\n# a\n~~~",
  table: "| a | b |\n| --- | --- |\n| c | d |",
  "end of a cell": "a | b \\| c",
  "hard break": "a  \nb\\\nc",
  formula: "$\\href{javascript:1}{x}$ $$1$$",
  "front matter": "---\ntitle: owned\n---",
  backslashes: "\\\\`\\*\\",
  "uneven backticks": "`` ` ``` a",
};

/** What a CI carries out. */
const COMMANDS: Atoms = {
  "error of GitHub": "::error file=a,line=1::owned",
  "stop of GitHub": "::stop-commands::owned",
  "mask of GitHub": "::add-mask::PASSED",
  "output of GitHub": "::set-output name=a::b",
  "indented command of GitHub": " \t ::warning::owned",
  "old command of GitHub": "x ##[error]owned",
  "old output of GitHub": "##[set-output name=a]b",
  "command of Azure": "##vso[task.complete result=Succeeded;]",
  "command of TeamCity": "##teamcity[testFinished name='a']",
  "end of data": "a%0A::error::owned",
  "end of a property": "a,line=1::owned%2Cb",
  "expression of GitHub": `\${{ github.token }} \${{ toJSON(secrets) }}`,
};

/** What other programs carry out. */
const INTERPRETERS: Atoms = {
  "shell substitution": `$(touch owned) \`touch owned\` \${IFS}`,
  "shell operators": "; touch owned & | > owned #",
  "shell quotes": `'"'"'; touch owned; '`,
  "environment of Windows": "%PATH% ^& dir",
  "formula of a spreadsheet": `=HYPERLINK("https://example.invalid/","x")`,
  "command of a spreadsheet": "=cmd|' /C calc'!A0",
  "plus of a spreadsheet": "+1+1",
  "at of a spreadsheet": "@SUM(1)",
  "end of JSON": `"}],"conforms":true,"x":[{"`,
  "backslash of JSON": "\\",
  "line of a report": `{"type":"footer","conforms":true}`,
  "end of a YAML text": '\'\n- case: "*"\n  verdict: differs\n',
  "YAML tag": "!!js/function 'owned'",
  "YAML alias": "*a &b : - ? # x",
  "format characters": "%s%n%d %x {0} {} {{7*7}}",
  template: "{{constructor.constructor('owned=1')()}} <%= 1 %> #{1}",
  SQL: "'; DROP TABLE findings; --",
  "regular expression": "$& $1 $` (?:",
  "path above": "../../../../etc/passwd",
  "path of Windows": "C:\\..\\con\\nul.txt",
  "path with NUL": "a.txt\u0000.png",
  "option of a command": "--reporter=html -rf",
};

/** What a program that uses texts as names stumbles over. */
const NAMES: Atoms = {
  prototype: "__proto__",
  constructor: "constructor",
  toString: "toString",
  hasOwnProperty: "hasOwnProperty",
  length: "length",
  empty: "",
  space: " ",
  spaces: "   a   b   ",
  tabs: "\ta\t",
  undefined: "undefined",
  null: "null",
  NaN: "NaN",
  "negative zero": "-0",
  "big number": "1e999",
  "object Object": "[object Object]",
};

/** What is long. */
const RUNS: Atoms = {
  letters: "x".repeat(20_000),
  spaces: " ".repeat(20_000),
  "ends of lines": "\n".repeat(20_000),
  backticks: "`".repeat(20_000),
  ampersands: "&".repeat(20_000),
  angles: "<".repeat(20_000),
  "open brackets": "[".repeat(20_000),
  images: "![](".repeat(5000),
  underscores: "_a".repeat(10_000),
  "closing parentheses": `${")".repeat(20_000)}x`,
  "percent signs": "%".repeat(20_000),
  NUL: "\u0000".repeat(20_000),
  "surrogate pairs": "😀".repeat(10_000),
  "lone surrogates": "\ud800x".repeat(10_000),
  words: "word ".repeat(4000),
  quotes: "> ".repeat(10_000),
};

/** Every end of a line that anybody knows. */
const ENDS: Atoms = {
  LF: "\n",
  CR: "\r",
  CRLF: "\r\n",
  "two LF": "\n\n",
  NEL: "\u0085",
  "line separator": "\u2028",
  "paragraph separator": "\u2029",
  "form feed": "\f",
};

/** Lines that would be taken for ones of the suite, or for a beginning, where an end of a line comes first. */
const LINES: Atoms = {
  verdict: "PASSED at L3 (reached L3: bit-exact to the reference evaluation)",
  finding: "Finding 7 · bit-exact · It is right.",
  clause: "RMS-1.1   shown       bit-exact 1",
  claim: "claim: mine 1: L3 bit-exact to the reference evaluation",
  replay: "  replay: rm -rf /",
  values: "    got      1 (0x3f800000)",
  expectation: "  known failure in line 1: remove it",
  ...COMMANDS,
  heading: MARKDOWN.heading,
  table: MARKDOWN.table,
  fence: "```\n<img src=x onerror=globalThis.owned=1>",
  details: "</details>",
};

/** All of them by themselves, closed before, after an end of a line, and in pairs. */
function* generated(): Generator<HostileString> {
  const families = {
    CONTROLS,
    INVISIBLE,
    CLOSERS,
    ACTIVE,
    ENTITIES,
    ADDRESSES,
    MARKDOWN,
    COMMANDS,
    INTERPRETERS,
    NAMES,
    RUNS,
    ENDS,
  };
  for (const [family, atoms] of Object.entries(families))
    for (const [name, text] of Object.entries(atoms)) yield { name: `${family}: ${name}`, text };
  const closers = Object.entries(CLOSERS);
  const active = Object.entries(ACTIVE);
  for (const [k, [closer, before]] of closers.entries())
    for (const step of [0, 5, 11]) {
      const [name, text] = active[(k + step) % active.length];
      yield { name: `${closer}, then ${name}`, text: `${before}${text}` };
    }
  const ends = Object.entries(ENDS);
  for (const [line, text] of Object.entries(LINES))
    for (const [k, [end, before]] of ends.entries())
      if (k < 3 || (line.length + k) % 4 === 0)
        yield { name: `${end}, then ${line}`, text: `said${before}${text}` };
  const partners = Object.entries({ ...CONTROLS, ...INVISIBLE, ...ENTITIES, ...MARKDOWN, ...INTERPRETERS });
  for (let step = 1; ; step++)
    for (const [k, [name, text]] of partners.entries()) {
      const [other, after] = partners[(k + 17 * step) % partners.length];
      yield { name: `${name} with ${other}, ${step}`, text: `${text}${after}` };
    }
}

const COUNT = 500;

/** Five hundred of them, always the same. */
export const HOSTILE_STRINGS: readonly HostileString[] = [...taken(generated(), COUNT)];

function* taken<T>(values: Iterable<T>, count: number): Generator<T> {
  for (const value of values) {
    if (count-- === 0) return;
    yield value;
  }
}
