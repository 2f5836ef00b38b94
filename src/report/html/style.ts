/**
 * How the page looks: light, dark and printed, from a phone to a desktop. Widths that depend on data are attributes of
 * SVG, because the page's policy allows no style but this sheet.
 */

/** Each text colour is readable on `ground`, `paper` and its own tint: at least 4.5 to 1 (WCAG 2, AA). */
export const THEMES = {
  light: {
    ground: '#f3f5f8',
    paper: '#ffffff',
    ink: '#1a2130',
    dim: '#566176',
    line: '#d9dfe8',
    code: '#f0f3f8',
    link: '#1f57b5',
    pass: '#17713f',
    fail: '#b3261e',
    warn: '#8a5300',
    unknown: '#7135a8',
    blocked: '#0b647e',
    skip: '#5b6577',
    'pass-tint': '#e6f4ec',
    'fail-tint': '#fdecea',
    'warn-tint': '#fdf2dd',
    'unknown-tint': '#f4ebfb',
    'blocked-tint': '#e3f2f7',
    'skip-tint': '#eef0f4',
  },
  dark: {
    ground: '#11141a',
    paper: '#191e27',
    ink: '#e6e9ef',
    dim: '#a2acbd',
    line: '#2f3746',
    code: '#232a36',
    link: '#8ab4f8',
    pass: '#5fcf93',
    fail: '#ff8a80',
    warn: '#e9b35a',
    unknown: '#cda4f4',
    blocked: '#6cc9e3',
    skip: '#a2acbd',
    'pass-tint': '#16291f',
    'fail-tint': '#331b1c',
    'warn-tint': '#2f2514',
    'unknown-tint': '#281d36',
    'blocked-tint': '#142a32',
    'skip-tint': '#222832',
  },
} as const;

const STATUSES = ['pass', 'fail', 'warn', 'unknown', 'blocked', 'skip'] as const;

function variables(theme: Record<string, string>): string {
  return Object.entries(theme)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');
}

/** A status sets the colours that its parts take. */
const statuses = STATUSES.map(
  (status) => `.${status}{--own:var(--${status});--tint:var(--${status}-tint)}`,
).join('\n');

export const STYLE = `
:root{color-scheme:light dark;${variables(THEMES.light)}}
@media (prefers-color-scheme:dark){:root{${variables(THEMES.dark)}}}
${statuses}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:3.5rem}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
main,footer,.verdict>div{max-width:62rem;margin:0 auto;padding:0 1.25rem}
h1,h2,h3,h4,p,dl,dd,ul,ol,figure,pre{margin:0}
ul,ol{padding:0;list-style:none}
h1{font-size:clamp(1.45rem,4.5vw,2.1rem);line-height:1.2;letter-spacing:-.01em}
h2{font-size:1.15rem;margin:2.25rem 0 .75rem}
h3{font-size:1rem;margin:1rem 0 .4rem}
h4{font-size:.8rem;color:var(--dim);font-weight:600}
code,pre,time,td.number,.letter{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
.number{font-variant-numeric:tabular-nums}
.dim{color:var(--dim)}
.whole{white-space:nowrap}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
a{color:inherit}
a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
pre{background:var(--code);border:1px solid var(--line);border-radius:8px;padding:.7rem .9rem;margin:.4rem 0;overflow-x:auto;line-height:1.45}
pre code{font-size:.85rem;user-select:all;-webkit-user-select:all;white-space:pre-wrap}
.verdict{background:var(--tint);border-bottom:1px solid var(--line);border-top:6px solid var(--own);padding:1.75rem 0 1.5rem}
.verdict h1{color:var(--own);margin:.15rem 0 .8rem}
.name{color:var(--dim);font-size:.9rem}
.counts{display:flex;flex-wrap:wrap;gap:.4rem}
.badge{display:inline-block;color:var(--own);background:var(--tint);border:1px solid var(--own);border-radius:99px;padding:.05rem .65rem;font-size:.8rem;font-weight:600;white-space:nowrap}
.verdict .badge{background:var(--paper)}
.mark{color:var(--own);font-weight:700}
.proportions{display:block;width:100%;height:.5rem;border-radius:99px;margin:1rem 0 1.1rem}
.proportions rect{fill:var(--own)}
dl{display:grid;gap:.15rem 1.25rem;font-size:.9rem}
dl>div{display:grid;grid-template-columns:8.5rem 1fr;gap:.75rem}
dt{color:var(--dim)}
.verdict dl{grid-template-columns:repeat(auto-fill,minmax(19rem,1fr))}
.verdict dl>div{grid-template-columns:6rem 1fr;gap:.25rem}
.ribbon{background:var(--warn-tint);color:var(--warn);border:1px dashed var(--warn);border-radius:6px;padding:.3rem .8rem;margin:0 0 1rem;font-weight:600}
.serving{font-size:1.05rem;font-weight:600;color:var(--own);margin:0 0 .8rem}
nav{position:sticky;top:0;z-index:1;background:var(--paper);border-bottom:1px solid var(--line)}
nav ul{max-width:62rem;margin:0 auto;padding:.45rem 1.25rem;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;font-size:.85rem}
nav a{color:var(--link)}
.id a{color:var(--link)}
details.suite{background:var(--paper);border:1px solid var(--line);border-radius:8px;margin:0 0 .6rem}
details.suite>summary{padding:.55rem .75rem;font-weight:600;cursor:pointer}
details.suite>summary .dim{font-weight:400}
details.suite table{border-width:1px 0 0;border-radius:0;margin:0}
td summary{color:var(--link);cursor:pointer;font-size:.85rem}
summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.drawn{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:1rem;margin:0 0 .75rem}
.drawn svg{display:block}
.drawn .standing{display:none;max-width:20rem;margin:0 auto}
.edge{stroke:var(--own);stroke-width:2}
.edge.fail{stroke-width:3;stroke-dasharray:5 5}
.edge.unknown,.edge.blocked,.edge.skip{stroke-dasharray:2 4}
.stop{fill:var(--tint);stroke:var(--own);stroke-width:1.5}
.drawn .label{fill:var(--ink);font-size:13px}
.sign{fill:var(--own,var(--ink));font-size:14px;font-weight:700}
.steps{display:grid;gap:.2rem;font-size:.9rem}
.curves{display:block;width:100%;height:auto}
.curve{fill:none;stroke:var(--link);stroke-width:2}
.curve-1{stroke:var(--pass)}
.curve-2{stroke:var(--warn)}
.curve-3{stroke:var(--unknown)}
.curve-4{stroke:var(--blocked)}
.curve-5{stroke:var(--fail)}
.curve-6{stroke:var(--dim)}
.curve-7{stroke:var(--ink)}
.curves .tick{stroke:var(--line)}
.note{background:var(--warn-tint);border-left:4px solid var(--warn);border-radius:4px;padding:.5rem .9rem;margin:1rem 0 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(11.5rem,1fr));gap:.6rem;margin:2rem 0 0}
.tile{display:block;background:var(--paper);border:1px solid var(--line);border-left:4px solid var(--own);border-radius:8px;padding:.5rem .75rem;text-decoration:none}
.tile .dim{display:block;font-size:.8rem;padding-left:1.2rem}
.tile:hover{border-color:var(--own)}
.card{background:var(--paper);border:1px solid var(--line);border-left:5px solid var(--own);border-radius:10px;padding:1rem 1.2rem 1.1rem;margin:0 0 1rem;display:grid;gap:.8rem}
.card h3{margin:.5rem 0 0;font-size:1.05rem}
.id{color:var(--dim)}
.finding{border-left:2px solid var(--line);padding-left:.9rem}
.finding p{margin-bottom:.25rem}
.card>dl{border-top:1px solid var(--line);padding-top:.7rem}
.hops{display:flex;flex-wrap:wrap;gap:.45rem 0;font-size:.85rem}
.hops li{display:flex;align-items:center}
.hops li+li::before{content:"→";color:var(--dim);padding:0 .45rem}
.hops li>span{border:1px solid var(--own);background:var(--tint);color:var(--own);border-radius:8px;padding:.15rem .6rem;font-weight:600}
ol>li>p+pre{margin-top:.25rem}
.fix ol{list-style:decimal;padding-left:1.3rem;display:grid;gap:.5rem}
.fix ol>li:only-child{list-style:none;margin-left:-1.3rem}
.evidence{display:grid;gap:.5rem;font-size:.9rem}
.evidence li{border-left:2px solid var(--line);padding-left:.9rem}
.value{display:block}
table{width:100%;border-collapse:collapse;background:var(--paper);border:1px solid var(--line);border-radius:8px;margin:0 0 1rem;font-size:.9rem}
caption{text-align:left;font-weight:600;padding:.6rem 0 .4rem}
caption .dim{font-weight:400}
th,td{text-align:left;vertical-align:top;padding:.45rem .75rem;border-top:1px solid var(--line)}
thead th{color:var(--dim);font-weight:600;font-size:.8rem;border-top:0}
th.number,td.number{text-align:right;white-space:nowrap}
tbody th{font-weight:400}
.checks td:first-child{width:2.2rem;text-align:center}
.checks .number{width:6rem}
.way td:nth-child(2){width:9rem}
.seen{display:block;color:var(--dim)}
.scroll{overflow-x:auto;position:relative}
td.bars,th.bars{width:30%;min-width:5rem}
.load th code{white-space:nowrap}
.load th .dim{display:block}
.load td,.load th{padding-left:.6rem;padding-right:.6rem}
.bar{display:block;width:100%;height:1rem;border-radius:3px;margin-top:.2rem}
.bar .track{fill:var(--code)}
.bar .part{fill:var(--pass)}
.bad .part{fill:var(--fail)}
.bad th,.bad td{background:var(--fail-tint)}
.other .part{fill:var(--warn)}
.bar .even{fill:var(--ink)}
.letter{color:var(--dim)}
.order{display:flex;flex-wrap:wrap;gap:.2rem}
.order li{font:600 .75rem/1.5rem ui-monospace,monospace;width:1.5rem;text-align:center;background:var(--code);border-radius:4px}
.histogram{display:block;width:100%;height:9rem}
.histogram .column{fill:var(--link)}
.histogram .axis{fill:var(--dim)}
figure{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:1rem;margin:0 0 1rem}
figcaption{display:flex;justify-content:space-between;gap:1rem;color:var(--dim);font-size:.8rem;padding-top:.35rem}
.lanes{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:.6rem .9rem;margin:0 0 1rem}
.lane{display:grid;grid-template-columns:minmax(8rem,20rem) 1fr;gap:1rem;align-items:center;font-size:.85rem}
.lane svg{display:block;overflow:visible}
.lane circle{fill:var(--link);stroke:var(--paper);stroke-width:1.5}
.lane circle.warning{fill:var(--fail)}
.lane .tick{stroke:var(--line)}
.lane text{fill:var(--dim);font-size:11px}
.scale{color:var(--dim)}
.events td:first-child{width:15rem}
.events .warning b{color:var(--fail)}
footer{color:var(--dim);font-size:.8rem;padding-top:2rem;padding-bottom:2.5rem}
@media (max-width:40rem){
main,footer,.verdict>div{padding-left:1rem;padding-right:1rem}
dl>div{grid-template-columns:1fr;gap:0}
.verdict dl>div{grid-template-columns:6.5rem 1fr;gap:.75rem}
.card>dl,.finding dl{gap:.5rem}
.tiles{grid-template-columns:1fr 1fr}
.drawn .lying{display:none}
.drawn .standing{display:block}
nav ul{padding:.45rem 1rem;flex-wrap:nowrap;overflow-x:auto}
nav li{white-space:nowrap}
.card{padding:.9rem}
th,td{padding:.4rem .5rem}
.latency{display:none}
.load tr{display:flex;flex-wrap:wrap}
.load tbody th{flex:0 0 100%}
.load thead th:first-child{display:none}
.load .bars{flex:1 1 2.5rem;min-width:0;width:auto}
.load .number{flex:0 0 4.8rem;padding-left:.3rem;padding-right:.3rem;white-space:normal}
.load tbody td,.load thead th{border-top:0}
.way td:nth-child(2){width:7.5rem}
.checks .number{display:none}
.lane{grid-template-columns:1fr;gap:0;padding:.2rem 0}
.scale>span{display:none}
.events td:first-child{width:6.5rem}
.events time{display:block}
figcaption span:nth-child(2){display:none}
}
@media print{
nav,td summary{display:none}
details::details-content{content-visibility:visible;block-size:auto}
.drawn .standing{display:none}
.drawn .lying{display:block}
:root{color-scheme:light;${variables({ ...THEMES.light, ground: '#ffffff' })}}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:10.5pt}
main,footer{max-width:none;padding-left:0;padding-right:0}
.verdict>div{max-width:none;padding-left:.75rem;padding-right:.75rem}
.card{display:block}
.card>*+*{margin-top:.7rem}
.lanes,figure,pre,tr,dl>div,li,.finding{break-inside:avoid}
.scroll{overflow:visible}
.load th code{white-space:normal}
.load thead th:first-child{min-width:11rem}
.load td.bars,.load th.bars{width:auto;min-width:3rem}
.load td,.load th{padding-left:.35rem;padding-right:.35rem}
h2,h3,h4,caption,thead{break-after:avoid}
pre code{white-space:pre-wrap}
a{text-decoration:none}
@page{margin:14mm}
}
`;
