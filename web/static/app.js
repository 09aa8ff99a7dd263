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

  // A checklist: what is saved opens the next item, and what was not sent says so and keeps what was written.
  function unfold(id) {
    const card = document.getElementById(id);
    const first = card?.querySelector("form input:not([type=hidden]), a[hx-get]");
    if (!first) return false;
    card.scrollIntoView({ block: "start" });
    first.matches("a") ? first.click() : first.focus({ preventScroll: true });
    return true;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-unfolds]");
    if (link && unfold(link.dataset.unfolds)) event.preventDefault();
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target.matches(".check:has(form)")) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:load", (event) => {
    const card = event.detail.elt;
    if (!card.matches?.(".check")) return;
    if (card.dataset.next) unfold(card.dataset.next);
    else (card.querySelector("[data-focus]") || card.querySelector("form input:not([type=hidden])"))?.focus();
  });
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const form = event.detail.elt.closest?.("form[data-guard]");
      if (!form) return;
      form.removeAttribute("aria-busy");
      if ([401, 403].includes(event.detail.xhr?.status)) { HTMLFormElement.prototype.submit.call(form); return; }
      unsent = true;
      form.querySelector("[data-failed]")?.removeAttribute("hidden");
    });
  }
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches?.("input[type=file][data-more]") || !input.files.length || input.dataset.more) return;
    const more = input.cloneNode();
    input.dataset.more = "done";
    more.value = "";
    more.removeAttribute("id");
    more.setAttribute("aria-label", input.labels[0]?.textContent || input.getAttribute("aria-label"));
    input.after(more);
  });
})();
