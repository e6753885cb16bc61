type ChartTableProps = { caption: string; titles: readonly string[]; rows: readonly (readonly string[])[] };

/** What a chart shows, for who cannot see it: the first column heads its row. */
export function ChartTable({ caption, titles, rows }: ChartTableProps) {
  return (
    // A table does not shrink to what hides it: its box does. Nobody sees its type, and each weight and size that the page has not is looked for.
    <div className="sr-only text-sm">
      <table className="[&_th]:font-normal">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([head, ...cells]) => (
            <tr key={head}>
              <th scope="row">{head}</th>
              {cells.map((cell, index) => (
                <td key={titles[index + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
