// Filters, search, export and live pictures over the rows of the table. Without it the table is complete and readable.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("board").textContent);
  const form = document.getElementById("filters");
  const table = document.querySelector("#companies table");
  if (!table) return;
  const MISSING = "–";
  const FEW = 5; // choices that are shown open
  const ERRORS = 1; // an empty selection is no reason for a warning
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const keyOf = (cell) => cell.dataset.key ?? cell.textContent;
  const companies = [...table.tBodies[0].rows].map((row) => {
    const cells = [...row.cells];
    const told = Object.fromEntries(data.columns.map((name, place) => [name, keyOf(cells[place])]));
    return { row, told, text: plain(cells.map((cell) => cell.textContent).join(" ")) };
  });
  const there = (names) => names.filter((name) => data.columns.includes(name));
  const [choices, ranges] = [there(data.choices), there(data.ranges)];
  const headOf = (name) => data.heads[data.columns.indexOf(name)];
  const chosenOf = ({ told }, name) => told[name] || MISSING;

  const add = (parent, tag, properties = {}, text = "") => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(text);
    parent.append(element);
    return element;
  };
  const offer = (parent, name) => {
    const counts = new Map();
    for (const company of companies) counts.set(chosenOf(company, name), (counts.get(chosenOf(company, name)) ?? 0) + 1);
    const options = [...counts].sort(([one, n], [other, m]) => (one === MISSING) - (other === MISSING) || (counts.size > FEW ? m - n : 0));
    if (options.length > FEW) {
      const select = add(add(parent, "label", { className: "field" }, headOf(name)), "select", { name });
      add(select, "option", { value: "" }, data.all);
      for (const [text, n] of options) add(select, "option", { value: text }, `${text} (${n})`);
    } else if (options.length > 1) {
      const group = add(parent, "fieldset");
      add(group, "legend", {}, headOf(name));
      for (const [text, n] of options) {
        const label = add(group, "label");
        add(label, "input", { type: "checkbox", name, value: text });
        add(label, "span", {}, text);
        add(label, "span", { className: "count" }, n);
      }
    }
  };
  const bound = (parent, name) => {
    const group = add(parent, "fieldset");
    add(group, "legend", {}, headOf(name));
    for (const end of ["from", "to"]) add(group, "input", { type: "number", name: `${name}_${end}`, ariaLabel: data[end].replace("{what}", headOf(name)) });
  };

  // What is asked is in the form alone: a box drawn in the picture is written into its fields.
  let scatter = null;
  let spots = [];
  const within = ({ told }) => ranges.every((name) => {
    const [from, to] = ["from", "to"].map((end) => form.elements[`${name}_${end}`].value);
    if (from === "" && to === "") return true;
    return told[name] !== "" && Number(told[name]) >= Number(from || -Infinity) && Number(told[name]) <= Number(to || Infinity);
  });
  const refresh = () => {
    const asked = new FormData(form);
    const words = plain(asked.get("words")).split(/\s+/).filter(Boolean);
    const wanted = choices.map((name) => [name, asked.getAll(name).filter(Boolean)]).filter(([, texts]) => texts.length);
    spots = [];
    let count = 0;
    for (const company of companies) {
      const passes = wanted.every(([name, texts]) => texts.includes(chosenOf(company, name))) && words.every((word) => company.text.includes(word));
      const chosen = passes && within(company);
      company.row.hidden = !chosen;
      count += chosen;
      const { name, fit, points, engagement } = company.told;
      if (passes && points) spots.push({ company: name, fit, points: Number(points), engagement: Number(engagement), chosen });
    }
    const say = (number) => number.toLocaleString(document.documentElement.lang);
    document.getElementById("shown").textContent = data.shown.replace("{n}", say(count)).replace("{all}", say(companies.length));
    document.getElementById("nobody").textContent = count ? "" : data.nobody;
    table.dispatchEvent(new Event("filtered"));
    if (scatter) scatter.data("rows", spots).runAsync();
    const link = new URLSearchParams([...asked].filter(([, value]) => value));
    try { history.replaceState(null, "", `#${link}`); } catch { /* a file page may not */ }
  };

  const tip = add(document.body, "div", { className: "tip", hidden: true });
  const tell = (_handler, event, _item, value) => {
    tip.hidden = !value;
    if (!value) return;
    tip.replaceChildren();
    for (const [name, text] of Object.entries(value)) add(tip, "div", {}, `${name}: ${text}`);
    tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, document.documentElement.clientWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${event.clientY + 16}px`;
  };
  const draw = async (place) => {
    const spec = JSON.parse(place.nextElementSibling.textContent);
    const listens = place.dataset.name === "engagement";
    if (listens) spec.data.values = spots;
    const { view } = await vegaEmbed(place, spec, { ast: true, renderer: "svg", actions: false, tooltip: tell, logLevel: ERRORS });
    if (!listens) return;
    scatter = view;
    for (const box of place.querySelectorAll('[class*="brush"]')) box.setAttribute("aria-hidden", "true"); // its fields say it
    view.addSignalListener("brush", (_signal, ends) => {
      for (const name of ranges) {
        const [low, high] = ends[name] ?? [];
        form.elements[`${name}_from`].value = low === undefined ? "" : Math.ceil(low);
        form.elements[`${name}_to`].value = high === undefined ? "" : Math.floor(high);
      }
      refresh();
    });
  };

  const save = () => {
    // A cell that a spreadsheet would take for a formula is made text; figures stay figures.
    const quote = (text) => `"${(/^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text).replaceAll('"', '""')}"`;
    const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden).map((row) => [...row.cells].map(keyOf));
    const text = [data.heads, ...rows].map((cells) => cells.map(quote).join(",")).join("\r\n");
    const href = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv;charset=utf-8" }));
    add(document.body, "a", { href, download: data.file }).click();
    document.body.lastChild.remove();
    URL.revokeObjectURL(href);
  };

  const fold = form.querySelector("details");
  choices.forEach((name) => offer(fold, name));
  ranges.forEach((name) => bound(fold, name));
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "checkbox") field.checked ||= field.value === value;
      else field.value = value;
    }
  }
  fold.open = matchMedia("(min-width: 62rem)").matches;
  form.hidden = false;
  const pictures = [...document.querySelectorAll(".chart")];
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", refresh);
  form.addEventListener("reset", () => setTimeout(() => {
    refresh();
    pictures.filter((place) => place.dataset.name === "engagement").forEach(draw);
  }));
  document.getElementById("export").addEventListener("click", save);
  refresh();
  pictures.forEach(draw);
})();
