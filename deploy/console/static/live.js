// Looks again when figures change, and exchanges what differs. Without this script the page offers to reload itself.
"use strict";
(() => {
  const page = document.querySelector("[data-feed]");
  const says = document.querySelector("[data-live-says]");
  const button = document.querySelector("[data-live-pause]");
  if (!page || !says || !button || !window.EventSource) return;
  const words = says.dataset;
  const REST = 1000;
  let source = null, position = page.dataset.position, paused = false, due = 0, looking = false;

  const say = (text) => { if (says.textContent !== text) says.textContent = text; };

  const exchange = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const part of fresh.querySelectorAll("[data-live]")) {
      const old = document.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
      if (!old) continue;
      // What somebody opened stays open, and who is somewhere stays there.
      const open = [...old.querySelectorAll("details")].map((one) => one.open);
      part.querySelectorAll("details").forEach((one, at) => { if (at in open) one.open = open[at]; });
      if (old.innerHTML === part.innerHTML) continue;
      const at = [...old.querySelectorAll("a, summary, [tabindex]")].indexOf(document.activeElement);
      old.replaceChildren(...part.childNodes);
      if (at >= 0) old.querySelectorAll("a, summary, [tabindex]")[at]?.focus({ preventScroll: true });
    }
  };

  const look = async () => {
    looking = true;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.redirected) { stop(); say(words.over); return; }
      if (answer.ok) exchange(await answer.text());
    } catch { /* the stream says whether the service is away */ }
    finally { looking = false; due = 0; }
  };

  const news = (event) => {
    position = event.lastEventId;
    if (!due) due = setTimeout(() => { if (!looking) look(); }, REST);
  };

  const stop = () => { source?.close(); source = null; clearTimeout(due); due = 0; };

  const listen = () => {
    if (source || paused || document.hidden) return;
    source = new EventSource(`${page.dataset.feed}&known=${position}`);
    source.addEventListener("figures", news);
    source.onopen = () => say(words.on);
    source.onerror = () => {
      say(words.away);
      if (source?.readyState === EventSource.CLOSED) { stop(); setTimeout(listen, 5000); }
    };
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? button.dataset.on : button.dataset.off;
    if (paused) { stop(); say(words.off); } else { listen(); }
  });
  // A page that nobody sees takes no connection; it looks once when it is seen again.
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); else if (!paused) { listen(); } });
  addEventListener("pagehide", stop);
  listen();
})();
