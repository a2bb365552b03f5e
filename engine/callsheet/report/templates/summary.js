// The head of the page: what there is, and what it cost by route, by node and by axis.

function drawSummary() {
  part("facts").replaceChildren(...campaign.facts.map(([name, value, small]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, value), make("dd", { class: "small" }, words(small)))));
  part("totals").hidden = campaign.totals.length === 0;
  part("tables").replaceChildren(...campaign.totals.map(totalsTable));
  part("status").textContent = campaign.status;
}

function totalsTable({ by, rows }) {
  const line = (row) => make("tr", {}, make("th", { scope: "row" }, words(row.name)), make("td", {}, row.renders.toLocaleString("en")), make("td", {}, row.cost));
  return make("table", {},
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, words(by)), make("th", { scope: "col" }, "renders"), make("th", { scope: "col" }, campaign.simulated ? "would cost" : "cost"))),
    make("tbody", {}, ...rows.map(line)));
}
