// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/report/html.h"

namespace ibidem::report {

// Colours keep a contrast of at least 4.5 to 1 for text on both backgrounds. No '<' and '&': the page is also
// XML.
std::string_view styleSheet() noexcept
{
    return R"css(
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f24; --faint: #57606a; --line: #d0d7de; --panel: #f6f8fa;
  --train: #0a58ca; --test: #b8460b; --good: #116329; --good-panel: #e6f6ea; --bad: #a40e26; --bad-panel: #ffebe9;
  --open: #5c4a00; --open-panel: #fff8dc; --cell: 10, 88, 202; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181d; --ink: #e6edf3; --faint: #9da7b3; --line: #3a424c; --panel: #1d232a; --train: #79b8ff;
    --test: #ffa366; --good: #7ee2a0; --good-panel: #12301d; --bad: #ff9a94; --bad-panel: #3d1618; --open: #f0d37a;
    --open-panel: #332b0e; --cell: 121, 184, 255; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, "DejaVu Sans", sans-serif; }
main, header, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
footer { padding: 1rem 1.25rem 3rem; color: var(--faint); font-size: .875rem; }
h1 { font-size: 1.8rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p, ul, ol { margin: .6rem 0; }
.lead { color: var(--faint); margin-top: 0; }
.verdict { border-left: .4rem solid; border-radius: .35rem; padding: .9rem 1.1rem; margin: 1rem 0; }
.verdict p { margin: 0; }
.verdict .word { font-size: 1.35rem; font-weight: 700; }
.identical { background: var(--good-panel); border-color: var(--good); } .identical .word { color: var(--good); }
.different { background: var(--bad-panel); border-color: var(--bad); } .different .word { color: var(--bad); }
.open { background: var(--open-panel); border-color: var(--open); } .open .word { color: var(--open); }
.scroll { overflow-x: auto; margin: .9rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .2rem 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--faint); font-weight: 600; }
tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; padding-right: .9rem; }
.matrix table { width: auto; } .matrix td { text-align: right; min-width: 5rem; padding: .6rem .9rem;
  font-variant-numeric: tabular-nums; border: 1px solid var(--line); } .matrix th { padding: .6rem .9rem .6rem 0; }
.matrices { display: flex; flex-wrap: wrap; gap: 0 3rem; }
code { font: .85em/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: .35rem; padding: .8rem 1rem; overflow-x: auto; }
pre code { overflow-wrap: normal; }
code.short, .number { white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.5rem; margin: .9rem 0; } dd { margin: 0; }
dt { font-weight: 600; }
figure { margin: 1rem 0; } figcaption { font-size: .9rem; color: var(--faint); }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--faint); font: 12px system-ui, "DejaVu Sans", sans-serif; }
.grid { stroke: var(--line); stroke-width: 1; fill: none; }
.a { fill: none; stroke-width: 4.5; stroke-opacity: .38; stroke-linejoin: round; }
.b { fill: none; stroke-width: 1.4; stroke-dasharray: 7 4; stroke-linejoin: round; }
.only { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.train { stroke: var(--train); } .test { stroke: var(--test); }
svg .key-train { fill: var(--train); font-weight: 600; } svg .key-test { fill: var(--test); font-weight: 600; }
.bar { fill: var(--train); } svg .name { fill: var(--ink); }
.map path { fill: none; stroke-width: 34; stroke-linecap: round; stroke-opacity: .75; }
.map text { font-size: 150px; font-weight: 600; fill: var(--ink); paint-order: stroke; stroke: var(--paper);
  stroke-width: 36px; stroke-linejoin: round; }
.swatch { display: inline-block; width: .75rem; height: .75rem; border-radius: .2rem; margin-right: .5rem; }
.c0 { --c: #2f7fd1; } .c1 { --c: #d9730d; } .c2 { --c: #1c9a5f; } .c3 { --c: #d03f4f; } .c4 { --c: #8f63d2; }
.c5 { --c: #a8761e; } .c6 { --c: #d058a5; } .c7 { --c: #2a9db0; } .c8 { --c: #7d9a1f; } .c9 { --c: #6b7bd6; }
.c10 { --c: #c98a00; } .c11 { --c: #6f8f86; } .c12 { --c: #a8546b; } .c13 { --c: #3f8f3f; } .c14 { --c: #5a94c9; }
.unlabelled { --c: #8c959f; } .map path { stroke: var(--c); } .swatch { background: var(--c); }
details { border: 1px solid var(--line); border-radius: .35rem; padding: .5rem .9rem; margin: .8rem 0; }
summary { cursor: pointer; font-weight: 600; }
:focus-visible { outline: 2px solid var(--train); outline-offset: 2px; }
@media (max-width: 40rem) { .scroll table { font-size: .82rem; } }
@media print {
  :root { --paper: #ffffff; --ink: #000000; --faint: #444444; --line: #bbbbbb; --panel: #ffffff; --train: #0a58ca;
    --test: #b8460b; --good: #116329; --good-panel: #ffffff; --bad: #a40e26; --bad-panel: #ffffff; --open: #5c4a00;
    --open-panel: #ffffff; }
  body { font-size: 10pt; } main, header, footer { max-width: none; padding: 0; }
  h2 { break-after: avoid; } figure, tr, .verdict { break-inside: avoid; } thead { display: table-header-group; }
  .scroll { overflow: visible; } pre { white-space: pre-wrap; } details { border: 0; padding: 0; }
}
)css";
}

} // namespace ibidem::report
