"use strict";
(() => {
  const form = document.querySelector(".filters");
  const nothing = document.querySelector(".nothing");
  const groups = [...document.querySelectorAll("[data-group]")];
  const entries = [...document.querySelectorAll("[data-entry]")].map((row) => ({
    row,
    text: `${row.textContent} ${row.dataset.words || ""}`.toLowerCase(),
  }));
  const told = entries.length ? Object.keys(entries[0].row.dataset) : [];
  const choices = [...form.elements].filter((field) => field !== form.words && told.includes(field.name));

  // Of the radio buttons of one name, only the one that is chosen says anything.
  function chosen() {
    return choices.filter((field) => field.value && (field.type !== "radio" || field.checked));
  }

  function filter() {
    const words = form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = chosen();
    let shown = 0;
    for (const { row, text } of entries) {
      const fits =
        asked.every((field) => row.dataset[field.name].split("|").includes(field.value)) &&
        words.every((word) => text.includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    for (const group of groups) {
      group.hidden = !group.querySelector("[data-entry]:not([hidden])");
    }
    form.count.value = `${shown} ${shown === 1 ? form.dataset.one : form.dataset.many}`;
    nothing.hidden = shown > 0;
  }

  function showAll() {
    form.reset();
    filter();
    remember();
    form.words.focus();
  }

  // Going back to this page finds it as it was left, also where the browser makes it anew.
  function remember() {
    history.replaceState(Object.fromEntries(new FormData(form)), "");
  }

  function recall() {
    for (const [name, value] of Object.entries(history.state ?? {})) {
      if (form.elements[name]) form.elements[name].value = value;
    }
    filter();
  }

  form.addEventListener("input", filter);
  form.addEventListener("input", remember);
  form.addEventListener("submit", (event) => event.preventDefault());
  nothing.querySelector("button").addEventListener("click", showAll);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type='radio']), select, textarea");
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing) {
      event.preventDefault();
      form.words.focus();
    }
  });
  window.addEventListener("pageshow", recall);
  form.hidden = false;
})();
