// What pages gain from a script: they follow what happens, keep their place when a form is sent, copy, and obey "/".
// Every page works without it.
"use strict";

const EVERY = 1000; // milliseconds between two questions whether there is something new
const WAIT_AFTER_FAILURE = 4000;

// Bringing one tree to the state of another, so that focus, selection, scrolling and open details stay where they are.

function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
    old.replaceWith(fresh);
  } else if (old.nodeType === Node.ELEMENT_NODE) {
    if (old.hasAttribute("data-keep")) return;
    morphAttributes(old, fresh);
    morphChildren(old, fresh);
  } else {
    old.nodeValue = fresh.nodeValue;
  }
}

function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    const isUsers = name === "open" && old.nodeName === "DETAILS";
    if (!fresh.hasAttribute(name) && !isUsers) old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function morphChildren(old, fresh) {
  const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  const wanted = new Set([...fresh.children].map((child) => child.id).filter(Boolean));
  let next = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    while (next && next.id && !wanted.has(next.id) && child.id) next = removed(next);
    const same = child.id ? known.get(child.id) : next && !next.id && next.nodeName === child.nodeName ? next : null;
    if (!same) {
      if (child.id && known.size) child.classList.add("fresh");
      old.insertBefore(child, next);
    } else {
      if (same === next) next = next.nextSibling;
      else old.insertBefore(same, next);
      morph(same, child);
    }
  }
  while (next) next = removed(next);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function fragmentOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// Following what happens

const region = document.querySelector("[data-live]");
const pause = document.querySelector("[data-pause]");
let isPaused = false;
let isWaiting = false;

async function refresh() {
  const headers = { "X-Part": "1", "If-None-Match": `"${region.dataset.version}"` };
  const answer = await fetch(location.href, { headers, cache: "no-store" });
  if (answer.status === 401 || answer.status === 404) return location.reload();
  if (answer.status === 304) return show("");
  if (!answer.ok) throw new Error(answer.statusText);
  const html = await answer.text();
  if (isPaused) return;
  region.dataset.version = (answer.headers.get("ETag") || "").replaceAll('"', "");
  const before = told();
  morphChildren(region, fragmentOf(html));
  if (told() && told() !== before) say(told());
  begin(region);
  region.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
  show("");
}

function told() {
  return region.querySelector("[data-told]")?.dataset.told || "";
}

function say(text) {
  document.getElementById("told").textContent = text;
}

function show(trouble) {
  if (!pause) return;
  pause.classList.toggle("lost", Boolean(trouble));
  const label = trouble || (isPaused ? "Paused" : "Live");
  const place = pause.querySelector("[data-label]");
  if (place.textContent !== label) place.textContent = label;
}

async function follow() {
  let wait = EVERY;
  if (!isPaused && !document.hidden && !isWaiting) {
    isWaiting = true;
    try {
      await refresh();
    } catch {
      show("No answer; asking again");
      wait = WAIT_AFTER_FAILURE;
    }
    isWaiting = false;
  }
  setTimeout(follow, wait);
}

if (region) {
  setTimeout(follow, EVERY);
  pause?.removeAttribute("hidden");
  pause?.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    show("");
  });
}

// Moments stay true while nothing happens

const UNITS = [[31536000, "y"], [86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
let offset = Number(document.body.dataset.now) / 1000 - Date.now();

function tick() {
  if ("frozen" in document.body.dataset) return;
  const now = Date.now() + offset;
  for (const time of document.querySelectorAll("time[data-at]")) {
    const seconds = (now - Number(time.dataset.at) / 1000) / 1000;
    const distance = Math.abs(seconds);
    const [size, unit] = UNITS.find(([length]) => distance >= length) || [1, ""];
    const told = unit ? `${Math.floor(distance / size)} ${unit}` : "now";
    const text = !unit ? told : seconds >= 0 ? `${told} ago` : `in ${told}`;
    if (time.textContent !== text) time.textContent = text;
  }
}

if (document.body.dataset.now) setInterval(tick, EVERY);

// Forms that leave the page where it is

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm || form.dataset.confirm;
  if (question && !confirm(question)) return event.preventDefault();
  if (!form.hasAttribute("data-stay") || form.method !== "post") return;
  event.preventDefault();
  const submitter = event.submitter;
  submitter?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, submitter)) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.getElementById("main");
    if (!main || !page.getElementById("notices")) return location.reload();
    if (answer.url !== location.href) history.replaceState(null, "", answer.url);
    if (region && page.querySelector("[data-live]")) region.dataset.version = page.querySelector("[data-live]").dataset.version;
    renew(page);
    say(page.getElementById("notices").textContent.trim());
  } catch {
    form.submit();
  }
  submitter?.removeAttribute("aria-busy");
});

function renew(page) {
  for (const name of ["now", "frozen"]) {
    if (name in page.body.dataset) document.body.dataset[name] = page.body.dataset[name];
    else delete document.body.dataset[name];
  }
  offset = Number(document.body.dataset.now) / 1000 - Date.now();
  morphChildren(document.getElementById("main"), page.getElementById("main"));
  begin(document);
}

// Light and dark

for (const form of document.querySelectorAll("[data-themes]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const theme = event.submitter.value;
    document.documentElement.dataset.theme = theme;
    document.querySelector("meta[name=color-scheme]").content = theme === "auto" ? "light dark" : theme;
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === event.submitter));
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)), redirect: "manual" });
  });
}

// Copying

function begin(root) {
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
  for (const field of root.querySelectorAll("[data-submits]")) field.onchange = () => field.form.requestSubmit();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = button.dataset.copy || button.parentElement.querySelector("pre").textContent;
  await copy(text);
  const label = button.querySelector("span");
  const before = label.textContent;
  label.textContent = "Copied";
  say("Copied");
  setTimeout(() => { label.textContent = before; }, 1500);
});

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea"); // without TLS, other hosts than this machine have no clipboard
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

begin(document);

// Keys

document.addEventListener("keydown", (event) => {
  const switcher = document.getElementById("switcher");
  if (event.key === "Escape" && switcher?.open) {
    switcher.open = false;
    switcher.querySelector("summary").focus();
  }
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector("[data-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

document.addEventListener("click", (event) => {
  const switcher = document.getElementById("switcher");
  if (switcher?.open && !switcher.contains(event.target)) switcher.open = false;
});

document.querySelector(".places [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
