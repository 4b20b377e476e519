"use strict";
// Live fragments, the keys of every page. Nothing here is needed to work: without it, reload the page.

(() => {
  const SHORTEST_PAUSE = 2000; // milliseconds before a refused stream is asked for again, doubled each time
  const LONGEST_PAUSE = 60_000;
  let version = document.body.dataset.version;
  let timer = 0;
  let stream = null;
  let pause = SHORTEST_PAUSE;

  // --- live fragments: elements with data-live="/address" -------------------------------------------------

  function isBusy(part) {
    const focused = document.activeElement;
    if (focused && part.contains(focused) && focused.matches("input, select, textarea")) return true;
    return [...part.querySelectorAll("input, textarea, select")].some(isTyped);
  }

  function isTyped(field) {
    if (field.type === "hidden" || field.type === "submit") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((o) => o.selected !== o.defaultSelected && o.defaultSelected);
    return field.value !== field.defaultValue;
  }

  function swap(part, page) {
    const fresh = part.id ? page.getElementById(part.id) : null;
    const html = fresh ? fresh.innerHTML : page.body.innerHTML;
    if (html === part.innerHTML) return;
    if (isBusy(part)) {
      part.dataset.liveWaits = "1";
      return;
    }
    delete part.dataset.liveWaits;
    const open = new Set([...part.querySelectorAll("details[open][id]")].map((d) => d.id));
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    const place = focused && (focused.id ? "#" + CSS.escape(focused.id) : focused.getAttribute("href"));
    part.innerHTML = html;
    open.forEach((id) => part.querySelector("#" + CSS.escape(id))?.setAttribute("open", ""));
    if (place) {
      const again = place.startsWith("#") ? part.querySelector(place) : part.querySelector(`[href="${CSS.escape(place)}"]`);
      again?.focus({ preventScroll: true });
    }
    part.dispatchEvent(new CustomEvent("congvan:swapped", { bubbles: true }));
  }

  async function refresh() {
    const parts = [...document.querySelectorAll("[data-live]")];
    const addresses = new Set(parts.map((part) => part.dataset.live));
    await Promise.all([...addresses].map(async (address) => {
      try {
        const answer = await fetch(address, { headers: { "X-Live": "1", Accept: "text/html" } });
        tellSession(answer.status === 401);
        if (!answer.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        parts.filter((part) => part.dataset.live === address && part.isConnected).forEach((part) => swap(part, page));
      } catch {
        // The stream tells when the server is back; then everything is fetched again.
      }
    }));
  }

  function refreshSoon() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!document.hidden) refresh();
    }, 30);
  }

  function tellSession(isOver) {
    document.getElementById("session-over")?.toggleAttribute("hidden", !isOver);
    if (isOver) document.getElementById("stream-state")?.setAttribute("hidden", "");
  }

  function tellSilence() {
    const isOver = document.getElementById("session-over")?.hidden === false;
    if (stream.readyState !== EventSource.OPEN && !isOver) document.getElementById("stream-state")?.removeAttribute("hidden");
  }

  // The browser asks again by itself where the line was cut, and never where the answer was no stream:
  // the session is over, or the server behind a proxy is away.
  function listen() {
    stream = new EventSource("/tin");
    stream.addEventListener("open", () => tellSession(false)); // signed in again, in another window
    stream.addEventListener("changed", (news) => {
      pause = SHORTEST_PAUSE;
      document.getElementById("stream-state")?.setAttribute("hidden", "");
      if (news.data === version) return;
      version = news.data;
      refreshSoon();
    });
    stream.addEventListener("error", () => {
      setTimeout(tellSilence, 5000);
      if (stream.readyState !== EventSource.CLOSED) return;
      refresh();
      setTimeout(listen, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    });
  }

  // Offered once in a while: passkeys.js looks at when.
  if (document.querySelector("[data-device-offer]")) {
    try { localStorage.setItem("da-moi-nho-thiet-bi", Date.now()); } catch { /* then it is offered again */ }
  }

  if (version !== undefined) {
    listen();
    addEventListener("pagehide", () => stream.close());
    document.addEventListener("visibilitychange", refreshSoon);
    document.addEventListener("focusout", () => {
      if (document.querySelector("[data-live-waits]")) setTimeout(refreshSoon, 400);
    });
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  // --- keys --------------------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input, textarea, select, [contenteditable]");
    if (event.key === "Escape") document.getElementById("keys")?.removeAttribute("open");
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "?") {
      const keys = document.getElementById("keys");
      if (keys) keys.open = !keys.open;
      event.preventDefault();
    } else if (event.key === "/") {
      document.querySelector("[data-search]")?.focus();
      event.preventDefault();
    }
  });
})();
