// The keyboard; every page works without it. Keys are left alone in fields, with Ctrl, Alt or Meta, and where they are off.
"use strict";

(() => {
  const rows = [...document.querySelectorAll("[data-row]")];
  const target = (row) => row.querySelector(".row-link") || row;
  const holding = () => rows.findIndex((row) => row.contains(document.activeElement));
  const press = (button) => button && button.click();
  let last = -1; // the row that had the focus last: clicking beside it takes the focus away

  function go(step) {
    if (!rows.length) return;
    const now = holding() >= 0 ? holding() : last;
    const next = Math.min(Math.max(now + step, 0), rows.length - 1);
    last = next;
    target(rows[next]).focus();
    rows[next].scrollIntoView({ block: "nearest" });
  }

  // A conversation has one form for its mark; in the list each row has its own.
  function mark(word) {
    const form = document.getElementById("mark") || (rows[holding()] || rows[last])?.querySelector("form.marking");
    press(form && form.querySelector(`button.${word}`));
  }

  function toggleHelp() {
    const help = document.getElementById("help");
    help.open = !help.open;
    if (help.open) help.querySelector("summary").focus();
  }

  const keys = {
    j: () => go(1),
    k: () => go(-1),
    K: () => mark("keep"),
    d: () => mark("drop"),
    D: () => mark("drop"),
    n: () => note(),
    N: () => note(),
    u: () => press(document.getElementById("undo")),
    U: () => press(document.getElementById("undo")),
    "/": () => document.getElementById("search")?.focus(),
    "?": toggleHelp,
  };

  // The note is on the page of the conversation; from the list it is opened there.
  function note() {
    const field = document.getElementById("note");
    const row = rows[holding()] || rows[last];
    if (field) field.focus();
    else if (row) location.assign(`${target(row).href}#note`);
  }

  function off() {
    try {
      return localStorage.getItem("chinwag-keys") === "off";
    } catch {
      return false;
    }
  }

  function typing(element) {
    return element instanceof Element && (element.matches("input, select, textarea") || element.isContentEditable);
  }

  document.addEventListener("keydown", (event) => {
    if (event.target.id === "note" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      press(event.target.form.querySelector("button.save"));
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented || off()) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    let act = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
    if (holding() >= 0 && event.key === "ArrowDown") act = () => go(1);
    if (holding() >= 0 && event.key === "ArrowUp") act = () => go(-1);
    if (!act || (event.repeat && !["j", "k", "ArrowDown", "ArrowUp"].includes(event.key))) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("focusin", () => {
    if (holding() >= 0) last = holding();
  });

  const help = document.getElementById("help");
  const button = document.getElementById("keys");
  const show = () => button.setAttribute("aria-pressed", String(off()));
  help.hidden = false;
  show();
  button.addEventListener("click", () => {
    try {
      localStorage.setItem("chinwag-keys", off() ? "on" : "off");
    } catch {
      // Without storage the keys stay on.
    }
    show();
  });

  // The note's own address leads into it; that of a row or a tweet is left to the browser.
  if (location.hash === "#note") document.getElementById("note")?.focus();
})();
