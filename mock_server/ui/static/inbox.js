// Keys of the inbox: j and k, or the arrows, from message to message; Enter opens one, Escape goes back.
"use strict";

const FORWARD = new Set(["j", "ArrowDown"]);
const BACKWARD = new Set(["k", "ArrowUp"]);

function step(by) {
  const links = [...document.querySelectorAll(".mails a.whole")];
  const place = links.indexOf(document.activeElement);
  const next = links[place < 0 ? (by > 0 ? 0 : links.length - 1) : place + by];
  next?.focus();
  next?.closest("li").scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

function go(selector) {
  const link = document.querySelector(selector);
  link?.click();
  return Boolean(link);
}

function obey(key) {
  if (document.querySelector(".mails")) {
    if (FORWARD.has(key)) return step(1);
    if (BACKWARD.has(key)) return step(-1);
    return false;
  }
  if (key === "j") return go("a[rel=next]");
  if (key === "k") return go("a[rel=prev]");
  return key === "Escape" && go("[data-back]");
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.getElementById("switcher")?.open) return;
  if (obey(event.key)) event.preventDefault();
});

document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
