// Why this account? The data lie in the page; all of it is written as text, never as markup.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("accounts").textContent);
  const field = document.getElementById("account");
  const found = document.getElementById("found");
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const keys = data.accounts.map((account) => plain(`${account[0]} ${account[1]}`));
  const MOST = 8;

  const add = (parent, tag, text, name) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (name) element.className = name;
    parent.append(element);
    return element;
  };
  const show = (account) => {
    const [id, name, status, fit, points, tier, answers, values] = account;
    const card = add(found, "article", undefined, "account");
    const head = add(card, "p", undefined, "who");
    add(head, "strong", name || id);
    add(head, "span", ` ${name && name !== id ? `${id} · ` : ""}${data.statuses[status]}`);
    add(card, "p", `${data.marks[fit]} ${data.fits[fit]}`, `fit ${fit}`);
    if (points !== "") add(card, "p", data.scored.replace("{points}", points).replace("{tier}", tier || "–"), "scored");
    const list = add(card, "ul");
    data.criteria.forEach((criterion, place) => {
      const answer = answers[place];
      const line = add(list, "li", undefined, answer);
      add(line, "span", { y: "✓", n: "✕", "?": "?" }[answer], "mark");
      add(line, "span", `${criterion}: ${data.answers[answer]}${values[place] ? ` (${values[place]})` : ""}`);
    });
  };
  const search = () => {
    found.replaceChildren();
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    if (!words.length) return;
    const hits = [];
    for (let place = 0; place < keys.length; place += 1) {
      if (words.every((word) => keys[place].includes(word))) hits.push(place);
    }
    const exact = plain(field.value).trim();
    const rank = (place) => (plain(data.accounts[place][0]) === exact || plain(data.accounts[place][1]) === exact ? 0
      : plain(data.accounts[place][1]).startsWith(exact) ? 1 : 2);
    hits.sort((a, b) => rank(a) - rank(b));
    hits.slice(0, MOST).forEach((place) => show(data.accounts[place]));
    if (hits.length !== 1) {
      const words_ = !hits.length ? data.none : hits.length > MOST ? data.many : data.some;
      add(found, "p", words_.replace("{n}", hits.length.toLocaleString("en")), "foot");
    }
  };
  document.getElementById("ask").hidden = false;
  field.addEventListener("input", search);
  if (location.hash.startsWith("#account=")) {
    field.value = decodeURIComponent(location.hash.slice(9));
    search();
  }
})();
