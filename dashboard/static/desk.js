"use strict";
// The clerk's desk by keyboard: one key confirms, nothing is confirmed by a held key or unseen.
// Without this file the same form works: Tab, Enter on the button, and a tick for values looked at.

(() => {
  const form = document.getElementById("entry-form");
  if (!form) return;
  const confirm = document.getElementById("confirm");
  const evidence = document.getElementById("evidence");
  const lookedAll = document.getElementById("looked-all");
  const QUIET_MS = 700; // a key pressed this soon after opening was meant for the page before

  // --- guard: painted, opened for a while, the key was let go since, and sent once ------------------------

  const opened = performance.now();
  let isPainted = false;
  let isSent = false;
  let keyIsHeld = false;
  requestAnimationFrame(() => requestAnimationFrame(() => {
    isPainted = true;
    setTimeout(() => { form.dataset.ready = "1"; }, QUIET_MS - (performance.now() - opened));
  }));
  const isTooSoon = () => !isPainted || performance.now() - opened < QUIET_MS;

  addEventListener("keydown", (event) => {
    if (event.repeat && (event.key === "Enter")) {
      keyIsHeld = true;
      event.preventDefault();
    }
  }, true);
  addEventListener("keyup", () => { keyIsHeld = false; }, true);

  form.addEventListener("submit", (event) => {
    if (isSent || keyIsHeld || isTooSoon()) {
      event.preventDefault();
      if (!isSent) evidence.textContent = "Văn bản vừa mở, chưa vào sổ. Xem qua rồi bấm lại.";
      return;
    }
    const registers = !event.submitter || event.submitter === confirm;
    if (registers && goToNext()) {
      event.preventDefault();
      return;
    }
    isSent = true;
    delete form.dataset.ready;
    confirm.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // --- what still needs a look ------------------------------------------------------------------------------

  const fields = () => [...form.querySelectorAll("[name][id^='f-']")];
  const looked = new Set();

  function needs(field) {
    if (field.getAttribute("aria-required") && !field.value.trim()) return "hand";
    if (field.dataset.needs === "look" && !looked.has(field.name) && field.value === startValue(field)) return "look";
    return field.getAttribute("aria-invalid") && field.value === startValue(field) ? "hand" : "";
  }

  function startValue(field) {
    return field.tagName === "SELECT" ? [...field.options].find((o) => o.defaultSelected)?.value ?? "" : field.defaultValue;
  }

  function goToNext() {
    const field = fields().find((one) => needs(one) && one !== document.activeElement)
      ?? fields().find((one) => needs(one) === "hand");
    if (!field) return false;
    field.focus();
    say(field, askFor(field));
    return true;
  }

  function askFor(field) {
    const label = form.querySelector(`label[for="${field.id}"]`).textContent.replace("*", "").trim();
    const isLast = fields().every((one) => one === field || !needs(one));
    const key = form.dataset.closed ? "" : isLast ? "Ctrl+Enter" : "Enter"; // a book without numbers asks for no key
    if (!field.value.trim()) return `Còn thiếu ${label.toLowerCase()}. Nhập${key ? ` rồi bấm ${key}` : " cho đủ"}.`;
    if (needs(field) === "hand") return `Sửa lại ${label.toLowerCase()}.`;
    return `Xem lại ${label.toLowerCase()}${key ? " rồi bấm Ctrl+Enter" : ""}.`;
  }

  function say(field, request = "") {
    const passage = document.getElementById("passage-" + field.name);
    evidence.replaceChildren();
    if (request) evidence.append(Object.assign(document.createElement("strong"), { textContent: request }), " ");
    if (passage) evidence.append(...[...passage.childNodes].filter((n) => n.nodeName !== "A").map((n) => n.cloneNode(true)));
  }

  form.addEventListener("focusin", (event) => {
    const field = event.target;
    if (!field.id?.startsWith("f-")) return;
    say(field, needs(field) ? askFor(field) : "");
    if (field.dataset.needs === "look") {
      looked.add(field.name);
      form.elements.looked_at.value = [...looked].join(" ");
      if (lookedAll) lookedAll.checked = fields().every((one) => one.dataset.needs !== "look" || looked.has(one.name));
    }
    field.dispatchEvent(new CustomEvent("congvan:evidence", { bubbles: true }));
  });

  // --- keys ---------------------------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const inField = event.target.closest?.("#entry-form input:not([type=checkbox]), #entry-form textarea, #entry-form select");
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      if (!event.repeat) form.requestSubmit(confirm);
    } else if (event.key === "Enter" && inField && !event.shiftKey) {
      event.preventDefault();
      if (!event.repeat && !goToNext()) {
        confirm.focus();
        evidence.textContent = evidence.dataset.idle;
      }
    } else if (event.ctrlKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      if (!event.repeat) form.requestSubmit(document.getElementById("keep"));
    } else if (event.ctrlKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      if (!event.repeat) move(event.key === "ArrowDown" ? 1 : -1);
    }
  });

  function move(step) {
    const rows = [...document.querySelectorAll(".queue-row")];
    const here = rows.findIndex((row) => row.hasAttribute("aria-current"));
    rows[(here + step + rows.length) % rows.length]?.click();
  }

  // --- nothing typed is lost: it waits in this tab while another draft is open ---------------------------------

  const key = `congvan-draft-${form.dataset.draft}-${form.elements.version.value}`;
  const typed = () => Object.fromEntries(fields().filter((f) => f.value !== startValue(f)).map((f) => [f.name, f.value]));
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  fields().forEach((field) => { if (field.name in kept) field.value = kept[field.name]; });
  form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify(typed())));
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) sessionStorage.removeItem(key); });

  // --- start: on the first value that needs a look, else on the button, so that one key is enough ---------------

  document.querySelector(".queue-row[aria-current]")?.scrollIntoView({ block: "nearest" });
  if (!goToNext()) {
    confirm.focus({ preventScroll: true });
    evidence.textContent = evidence.dataset.idle;
  }
})();
