// Light or dark, tables that sort and unfold, the place in the contents. Without it every page is complete and readable.
(() => {
  "use strict";
  const root = document.documentElement;
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a file page may not store */ } };
  const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const words = JSON.parse(document.getElementById("page-words").textContent);

  const theme = document.getElementById("theme");
  if (theme) {
    theme.hidden = false;
    theme.addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      remember("icp-lab-theme", root.dataset.theme);
    });
  }
  const code = document.getElementById("show-code");
  if (code) {
    code.checked = recall("icp-lab-code") === "yes";
    code.addEventListener("change", () => remember("icp-lab-code", code.checked ? "yes" : "no"));
  }

  const process = document.querySelector("details.process");
  if (process && matchMedia("(max-width: 74.99rem)").matches) process.open = false;
  addEventListener("beforeprint", () => document.querySelectorAll("details.fold, figure details").forEach((fold) => { fold.open = true; }));

  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.key ?? cell.textContent;
  };
  const sortTable = (table, column, descending) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const numeric = rows.every((row) => keyOf(row, column) === "" || !Number.isNaN(Number(keyOf(row, column))));
    const sign = descending ? -1 : 1;
    rows.sort((one, other) => {
      const [a, b] = [keyOf(one, column), keyOf(other, column)];
      if (a === "" || b === "") return (a === "") - (b === "");
      return sign * (numeric ? Number(a) - Number(b) : a.localeCompare(b, root.lang, { numeric: true }));
    });
    body.append(...rows);
    for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
    table.tHead.rows[0].cells[column].setAttribute("aria-sort", descending ? "descending" : "ascending");
  };
  for (const table of document.querySelectorAll("figure.table table")) {
    if (table.tBodies[0].rows.length > 2) {
      [...table.tHead.rows[0].cells].forEach((head, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener("click", () => {
          const sorted = head.getAttribute("aria-sort");
          sortTable(table, column, sorted ? sorted === "ascending" : head.classList.contains("right"));
        });
      });
    }
    const count = () => [...table.tBodies[0].rows].filter((row) => !row.hidden).length;
    if (count() > 18) {
      const box = table.parentElement;
      const more = document.createElement("button");
      more.type = "button";
      more.className = "plain more";
      const label = () => {
        more.textContent = (box.classList.contains("long") ? words.all : words.fewer).replace("{n}", count());
        more.hidden = count() <= 12;
      };
      box.classList.add("long");
      label();
      more.addEventListener("click", () => { box.classList.toggle("long"); label(); });
      table.addEventListener("filtered", label);
      box.after(more);
    }
  }

  const links = [...document.querySelectorAll(".contents a")];
  const sections = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1)))).filter(Boolean);
  if (sections.length) {
    const mark = () => {
      const current = sections.filter((section) => section.getBoundingClientRect().top < 140).at(-1) ?? sections[0];
      for (const link of links) {
        if (link.hash.slice(1) === current.id) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    };
    addEventListener("scroll", mark, { passive: true });
    mark();
  }
})();
