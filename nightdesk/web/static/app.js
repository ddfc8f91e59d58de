/* What the desk does beyond its HTML. Every page reads and every form sends without it. */
"use strict";

// htmx: nothing evaluated, no style written into the page; both would need a weaker policy of content.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;
htmx.config.selfRequestsOnly = true;

// Keys: / to search, j and k from story to story, g then a letter to a page, ? for this list.
const pages = {d: "/", s: "/search", c: "/charts", m: "/map", o: "/sources", w: "/watches", a: "/alerts", q: "/sql"};
let leader = false;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (leader) {
    leader = false;
    if (event.key in pages) location.href = pages[event.key];
    return;
  }
  if (event.key === "g") leader = true;
  else if (event.key === "/") {
    const field = document.querySelector("input[type=search]");
    if (field) { event.preventDefault(); field.focus(); } else location.href = "/search";
  } else if (event.key === "j" || event.key === "k") {
    const links = [...document.querySelectorAll(".story h3 a")];
    const at = links.indexOf(document.activeElement);
    const next = links[event.key === "j" ? at + 1 : Math.max(at - 1, 0)];
    if (next) { next.focus(); next.scrollIntoView({block: "center"}); }
  } else if (event.key === "?") {
    const help = document.getElementById("keys");
    if (help) help.open = !help.open;
  }
});

// A form that cannot be undone asks first.
document.addEventListener("submit", (event) => {
  const asks = event.target.dataset.asks;
  if (asks && !confirm(asks)) event.preventDefault();
});
