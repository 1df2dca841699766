import { PALETTE } from "./palette.js";

const TEXT = `
*,::before,::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:400 .9375rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums}
h1,h2,h3,h4{margin:0;line-height:1.25;text-wrap:balance}
h2{font-size:1.3125rem;letter-spacing:-.01em}
h3{font-size:1.03rem;margin-top:1.75rem}
h3,h4{text-wrap:pretty}
h4{font-size:.75rem;font-weight:600;color:var(--soft);letter-spacing:.03em;margin-block:1rem .3rem}
p{margin:.5rem 0;max-width:72ch}
a{color:var(--link);text-underline-offset:.15em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px;border-radius:3px}
main:focus{outline:none}
small{font-size:.8125rem;color:var(--soft)}
code,pre,.float,.mismatch td{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace;font-size:.8125rem}
pre code{font-size:inherit}
pre{margin:.35rem 0;padding:.6rem .75rem;background:var(--panel);border:1px solid var(--line);border-radius:6px;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4}
pre{position:relative}
pre:has(>.copy){padding-inline-end:4.25rem}
.copy{position:absolute;inset-block-start:.35rem;inset-inline-end:.35rem;padding:.1rem .5rem;font:inherit;font-size:.75rem;color:inherit;background:var(--panel);border:1px solid var(--line-strong);border-radius:4px;cursor:pointer;user-select:none}
pre.command{user-select:all;border-inline-start:3px solid var(--line-strong)}
.said{overflow-wrap:anywhere}
.said.lines{white-space:pre-wrap}
.nothing{color:var(--soft)}
.remark{font-size:.8125rem;color:var(--soft);margin:.35rem 0}
ul.plain,ul.inline,ul.tallies,ul.legend{list-style:none;margin:.4rem 0;padding:0}
ul.inline{display:flex;flex-wrap:wrap;gap:.15rem .8rem}
`;

const FRAME = `
body{display:grid;grid-template-columns:minmax(0,1fr);row-gap:0}
body>header,body>nav,main,body>footer{width:100%;max-width:74rem;margin-inline:auto;padding-inline:clamp(1rem,3vw,2rem)}
.skip{position:absolute;left:-100vw;top:.5rem;z-index:2;padding:.5rem .9rem;background:var(--paper);border:2px solid var(--focus);border-radius:6px}
.skip:focus{left:.5rem}
.shapes{position:absolute}
body>header{padding-top:clamp(1rem,2.5vw,1.75rem)}
body>nav{padding-block:.9rem;border-bottom:1px solid var(--line)}
body>nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.15rem;margin:0;padding:0;list-style:none}
body>nav a{display:inline-block;padding-block:.2rem;color:var(--ink);text-decoration-color:var(--line-strong)}
body>nav b{font-weight:600;color:var(--soft)}
main>section{padding-block:1.9rem;border-bottom:1px solid var(--line)}
main>section:last-child{border-bottom:0}
main>section>h2{margin-bottom:.75rem}
body>footer{padding-bottom:2rem;color:var(--soft);font-size:.8125rem}
`;

const STATUS = `
.icon{flex:none;width:1em;height:1em;vertical-align:-.125em}
.icon.good,.status.good{color:var(--good)}
.icon.bad,.status.bad{color:var(--bad)}
.icon.warning,.status.warning{color:var(--warning)}
.icon.none,.status.none{color:var(--none)}
.on{fill:none;stroke:var(--paper);stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.status{font-weight:600;white-space:nowrap}
`;

const SUMMARY = `
.summary{border:1px solid;border-radius:8px;padding:clamp(.9rem,2.2vw,1.5rem)}
.summary.good{border-color:var(--good);background:var(--good-panel)}
.summary.bad{border-color:var(--bad);background:var(--bad-panel)}
.summary.warning{border-color:var(--warning);background:var(--warning-panel)}
.kicker{margin:0 0 .4rem;font-size:.8125rem;color:var(--soft)}
h1{display:flex;gap:.5em;font-size:clamp(1.5rem,1.1rem + 1.9vw,2.25rem);font-weight:400;letter-spacing:-.015em;text-wrap:pretty}
h1 .icon{margin-top:.12em}
h1 strong{font-weight:750;letter-spacing:0}
h1 .sentence{display:block;font-size:.58em;letter-spacing:0;line-height:1.35;margin-top:.15em}
.good h1 strong{color:var(--good)}.bad h1 strong{color:var(--bad)}.warning h1 strong{color:var(--warning)}
.subject{margin:.6rem 0 0}
.summary h2{font-size:.8125rem;font-weight:600;color:var(--soft);letter-spacing:.01em}
.wrong,.claim{margin-top:1rem}
.wrong ol{margin:.25rem 0 0;padding-inline-start:1.4rem;font-size:1.0625rem}
.wrong li{margin:.2rem 0}
.wrong p{margin:.25rem 0 0}
.problems{margin:.75rem 0 0;padding-inline-start:1.2rem}
.claim blockquote{margin:.25rem 0 0;max-width:92ch}
.counts{display:flex;flex-wrap:wrap;gap:1px;margin:1.15rem 0 0;background:var(--line);border:1px solid var(--line);border-radius:6px;overflow:hidden}
.counts div{flex:1 1 9.5rem;background:var(--paper);padding:.55rem .75rem .65rem}
.counts dt{font-size:.8125rem;color:var(--soft)}
.counts dd{margin:0;font-size:1.25rem;font-weight:600;letter-spacing:-.01em;line-height:1.3}
.counts small{display:block;font-weight:400;letter-spacing:0;line-height:1.35;margin-top:.1rem}
`;

const TABLES = `
table{border-collapse:collapse;width:100%}
caption{text-align:start;color:var(--soft);font-size:.8125rem;padding-bottom:.45rem;max-width:min(80ch,100vw - 2rem)}
th,td{padding:.38rem .75rem .38rem 0;text-align:start;vertical-align:top;border-bottom:1px solid var(--line);font-weight:400}
th:last-child,td:last-child{padding-inline-end:0}
thead th{font-size:.8125rem;color:var(--soft);font-weight:600;border-bottom-color:var(--line-strong);vertical-align:bottom}
tbody th[scope=row]{font-weight:600}
.number{text-align:end}
td.number{white-space:nowrap}
td.number small{display:inline-block;min-width:3.6rem}
.mismatch th[scope=row]{font-size:.8125rem}
.float{white-space:nowrap}
.scroll{overflow-x:auto;margin:.75rem 0}
tr.family th{padding-top:1.1rem;font-weight:700;border-bottom-color:var(--line-strong)}
tr.family small{font-weight:400}
tr.family input{appearance:none;margin-inline:0 .45rem;font:inherit;font-size:.75rem;cursor:pointer}
tr.family input::before{content:"\\25b6"}
tr.family input:checked::before{content:"\\25bc"}
.strip{margin-inline:.35rem;font-size:.78rem;letter-spacing:.1em}
.strip .icon{margin-inline-end:2px}
@media screen{
tbody.folded:has(input:not(:checked)):not(:has(tr:target)) tr:not(.family){display:none!important}
}
tr:target{background:var(--warning-panel)}
tbody th .statement{font-weight:400;display:block}
tbody th small{font-weight:400}
ul.tallies{margin:0}
.tallies li.bad{color:var(--bad)}
.tallies li{white-space:nowrap}
table:has(>#matrix) :is(th,td):nth-child(2){width:8.5rem}
table:has(>#matrix) :is(th,td):nth-child(3){width:26%}
.tallies{display:flex;flex-wrap:wrap;gap:0 .9rem}
`;

const CARDS = `
.card{border:1px solid var(--line);border-radius:8px;padding:clamp(.85rem,2vw,1.25rem);margin-top:1rem;overflow:hidden}
.card:target{border-color:var(--focus);box-shadow:0 0 0 1px var(--focus)}
.card h3{margin:0;font-size:1.125rem;display:flex;gap:.6rem;align-items:baseline}
.ordinal{flex:none;min-width:1.6em;text-align:center;font-size:.8125rem;font-weight:600;color:var(--soft);border:1px solid var(--line-strong);border-radius:4px;padding:0 .3em}
.meta{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;margin:.4rem 0 0;color:var(--soft)}
.meta b{color:var(--ink)}
.card .clause{margin:.6rem 0}
.axes{margin:.75rem 0;display:grid;gap:.4rem}
.axes div{display:grid;grid-template-columns:minmax(5rem,max-content) 1fr;gap:0 1rem;padding:.5rem .75rem;background:var(--panel);border-radius:6px}
.axes dt{font-weight:600;grid-row:span 2}
.axes dd{margin:0}
.evidence{display:grid;gap:.9rem 1.5rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));margin-block:.9rem}
.evidence>*{min-width:0}
.evidence h4{margin-top:0}
.mismatch th,.mismatch td{padding-block:.25rem}
.mismatch thead td{border-bottom-color:var(--line-strong)}
.mismatch td:nth-child(2),.mismatch td:nth-child(3){white-space:nowrap}
.mismatch td.number{white-space:normal}
.mismatch u{text-decoration-thickness:2px;text-underline-offset:.2em;font-weight:700}
.mismatch .got{color:var(--bad)}
.disclosures{margin-top:.75rem}
details{border-top:1px solid var(--line)}
details:last-of-type{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.42rem 0}
summary:hover{color:var(--link)}
details>.body{padding-bottom:.75rem}
.side-by-side{display:flex;flex-wrap:wrap;gap:0 1.75rem;border-block:1px solid var(--line)}
.side-by-side details{border:0}
.side-by-side details[open]{flex:1 1 100%;min-width:0}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:0 2rem;margin:.6rem 0}
.facts div{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:.75rem;padding:.32rem 0;border-bottom:1px solid var(--line)}
.facts dt{color:var(--soft)}
.facts dd{margin:0;overflow-wrap:anywhere}
#words .facts{grid-template-columns:1fr}
`;

const PLOTS = `
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,25rem),1fr));gap:1.5rem 2rem;margin-top:.75rem}
.plot{margin:0;min-width:0}
figcaption{font-weight:600}
figcaption::first-letter{text-transform:uppercase}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.8125rem}
.legend li{display:flex;align-items:center;gap:.4rem}
.legend path{fill:none}
.chart svg{display:block;width:100%;height:auto;overflow:visible}
`;

/** Print opens what is closed, because paper cannot be clicked. */
const PRINT = `
@media print{
@page{margin:14mm}
body{font-size:9.5pt}
body>nav,.skip,.copy,tr.family input{display:none}
body>header,main,body>footer{max-width:none;padding-inline:0}
.summary,.status,.icon,.axes div,pre{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.card,figure,pre,tr,blockquote,.counts,.axes div{break-inside:avoid}
.card{overflow:visible}
h2,h3,h4,caption,summary{break-after:avoid}
.scroll{overflow:visible}
thead{display:table-header-group}
details::details-content{content-visibility:visible;block-size:auto}
details:not([open])>:not(summary){display:block}
.side-by-side{display:block}
summary{list-style:none;font-weight:600}
a{color:inherit;text-decoration:none}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media (max-width:40rem){
table:has(>#matrix) tr:not(.family){display:grid;grid-template-columns:8.5rem minmax(0,1fr)}
table:has(>#matrix) :is(th,td){width:auto!important;border-bottom:0}
table:has(>#matrix) tr{border-bottom:1px solid var(--line)}
table:has(>#matrix) tr:not(.family) th:first-child{grid-column:1/-1}
.facts div{grid-template-columns:7rem minmax(0,1fr)}
.mismatch :is(th,td){padding-inline-end:.5rem}
.mismatch td{font-size:.78rem}
.axes div{grid-template-columns:1fr}
.axes dt{grid-row:auto}
}
@media (forced-colors:active){.on{stroke:Canvas}}
`;

/** The whole style of the page. No rule loads anything. */
export const STYLESHEET = [PALETTE, TEXT, FRAME, STATUS, SUMMARY, TABLES, CARDS, PLOTS, PRINT].join("");
