// What a page gains with script. Without it everything works: links, forms, every move.
(() => {
  "use strict";
  const OFF = "plumbline-keys-off";
  const keys = document.getElementById("keys");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const kept = { get: () => { try { return localStorage.getItem(OFF); } catch { return null; } },
                 set: (on) => { try { on ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF); } catch { /* not kept */ } } };

  const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

  function step(by) {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    const next = all[at === -1 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }

  const acts = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    j: () => step(1),
    k: () => step(-1),
    o: () => { if (document.activeElement?.matches("[data-row]")) document.activeElement.click(); },
    m: () => { const place = document.getElementById("moves"); place?.scrollIntoView(); place?.querySelector("a, button, summary")?.focus(); },
    "?": () => keys?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (keys?.open || kept.get() || !Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
  });

  const button = document.querySelector("[data-keys]");
  if (button && keys?.showModal) {
    button.hidden = false;
    button.addEventListener("click", () => keys.showModal());
  }
  const off = document.querySelector("[data-keys-off]");
  if (off) {
    off.checked = Boolean(kept.get());
    off.addEventListener("change", () => kept.set(off.checked));
  }

  // Whoever typed is asked before the page goes away with it.
  let unsent = false;
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) unsent = true; });
  document.addEventListener("submit", (event) => {
    unsent = false;
    event.target.setAttribute("aria-busy", "true");
  });
  window.addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });

  const refresh = document.querySelector("[data-refresh]");
  if (refresh) setTimeout(() => location.reload(), 1000 * Number(refresh.dataset.refresh));

  document.querySelector("[data-focus]")?.focus();
  document.addEventListener("htmx:afterSwap", (event) => {
    event.detail.target.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  });
})();
